/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver's entries over the simulated memory and streams: what real CUDA checks of a caller, failures on request, and
 * kernels by name. Stands in for src/device/driver.c. */
#include "simulated_parts.h"
#include "simulated.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_GPUS = 8, MAX_DECLARED = 256, CONTEXT_DEPTH = 16, MULTIPROCESSORS = 4 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int gpus = 1;
static struct CUctx_st contexts[MAX_GPUS];
static long calls, events_alive;

/* What a thread has of its own. By a key, since the shim leaves a library opened at run time hardly any static TLS. */
typedef struct self {
    struct CUctx_st *stack[CONTEXT_DEPTH + 1];
    int depth;
    int ndeclared;
    sim_range declared[MAX_DECLARED];
} self;
static pthread_key_t key;

static self *me(void)
{
    self *mine = pthread_getspecific(key);
    if (mine) return mine;
    mine = calloc(1, sizeof *mine);
    if (!mine || pthread_setspecific(key, mine)) abort();
    return mine;
}

static struct CUctx_st *current(void)
{
    const self *mine = me();
    return mine->stack[mine->depth];
}

/* --- failures on request --- */

static struct {
    char name[64];      /* of the entry, "" for any */
    long call, run;     /* how many still; 0: none */
    lsi_code call_code, run_code;
    lsi_code lost;      /* every call gives this */
} fault;

static lsi_code fault_of(const char *name)
{
    if (fault.lost) return fault.lost;
    if (fault.call == 0 || (fault.name[0] && strcmp(fault.name, name) != 0) || --fault.call > 0) return 0;
    if (lsi_code_is_sticky(fault.call_code)) {
        fault.lost = fault.call_code;
        sim_drop_all();
    }
    return fault.call_code;
}

bool sim_fails_now(void)
{
    if (fault.run == 0 || --fault.run > 0) return false;
    fault.lost = fault.run_code;
    return true;
}

/* --- around every entry --- */

static lsi_code begin(const char *name, bool needs_context)
{
    pthread_mutex_lock(&lock);
    calls++;
    lsi_code code = fault_of(name);
    if (!code && needs_context && !current()) code = LSI_CUDA_INVALID_CONTEXT;
    if (code) pthread_mutex_unlock(&lock);
    return code;
}

static lsi_code end(lsi_code code)
{
    if (!code) code = fault.lost; /* found while something ran */
    pthread_mutex_unlock(&lock);
    return code;
}

#define BEGIN(name, needs_context)                                                                                     \
    const lsi_code refused = begin(name, needs_context);                                                               \
    if (refused) return refused

static int current_gpu(void)
{
    return current()->gpu;
}

/* --- the machine --- */

static lsi_code cu_init(unsigned flags)
{
    BEGIN("cuInit", false);
    return end(flags ? LSI_CUDA_INVALID_VALUE : 0);
}

static lsi_code cu_driver_version(int *version)
{
    *version = 13000;
    return 0;
}

static lsi_code cu_error_name(lsi_code code, const char **text)
{
    static const struct {
        lsi_code code;
        const char *name;
    } names[] = {
#define ROW(ours, theirs, number) {number, #theirs},
        LSI_CUDA_CODES(ROW)
#undef ROW
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].code != code) continue;
        *text = names[i].name;
        return 0;
    }
    return LSI_CUDA_INVALID_VALUE;
}

static lsi_code cu_error_string(lsi_code code, const char **text)
{
    (void)code;
    *text = "told to by the test";
    return 0;
}

static lsi_code cu_device_count(int *count)
{
    BEGIN("cuDeviceGetCount", false);
    *count = gpus;
    return end(0);
}

static lsi_code cu_device_get(lsi_gpu *gpu, int ordinal)
{
    BEGIN("cuDeviceGet", false);
    if (ordinal < 0 || ordinal >= gpus) return end(LSI_CUDA_INVALID_DEVICE);
    *gpu = ordinal;
    return end(0);
}

static lsi_code cu_device_name(char *name, int size, lsi_gpu gpu)
{
    BEGIN("cuDeviceGetName", false);
    (void)gpu;
    snprintf(name, (size_t)size, "Simulated GPU");
    return end(0);
}

static lsi_code cu_device_uuid(lsi_uuid *uuid, lsi_gpu gpu)
{
    BEGIN("cuDeviceGetUuid", false);
    memset(uuid, 0x10 + gpu, sizeof *uuid);
    return end(0);
}

static lsi_code cu_device_memory(size_t *bytes, lsi_gpu gpu)
{
    BEGIN("cuDeviceTotalMem", false);
    size_t available;
    sim_memory_info(gpu, &available, bytes);
    return end(0);
}

static int attribute(int number)
{
    switch (number) {
    case LSI_GPU_MULTIPROCESSORS: return MULTIPROCESSORS;
    case LSI_GPU_L2_BYTES: return 1 << 20;
    case LSI_GPU_MAJOR: return 9;
    case LSI_GPU_SHARED_OPTIN: return 227 << 10;
    case LSI_GPU_VIRTUAL_MEMORY: return 1;
    default: return 0;
    }
}

static lsi_code cu_device_attribute(int *value, int number, lsi_gpu gpu)
{
    BEGIN("cuDeviceGetAttribute", false);
    (void)gpu;
    *value = attribute(number);
    return end(0);
}

/* --- contexts --- */

static lsi_code cu_primary_retain(lsi_context *context, lsi_gpu gpu)
{
    BEGIN("cuDevicePrimaryCtxRetain", false);
    contexts[gpu].gpu = gpu;
    *context = &contexts[gpu];
    return end(0);
}

static lsi_code cu_primary_release(lsi_gpu gpu)
{
    BEGIN("cuDevicePrimaryCtxRelease", false);
    (void)gpu;
    return end(0);
}

static lsi_code cu_context_current(lsi_context *context)
{
    BEGIN("cuCtxGetCurrent", false);
    *context = current();
    return end(0);
}

static lsi_code cu_context_set(lsi_context context)
{
    BEGIN("cuCtxSetCurrent", false);
    self *mine = me();
    mine->stack[mine->depth] = context;
    return end(0);
}

static lsi_code cu_context_push(lsi_context context)
{
    BEGIN("cuCtxPushCurrent", false);
    self *mine = me();
    if (!context || mine->depth == CONTEXT_DEPTH) return end(LSI_CUDA_INVALID_CONTEXT);
    mine->stack[++mine->depth] = context;
    return end(0);
}

/* Popping works on a lost device too. */
static lsi_code cu_context_pop(lsi_context *context)
{
    self *mine = me();
    if (mine->depth == 0) return LSI_CUDA_INVALID_CONTEXT;
    *context = mine->stack[mine->depth--];
    return 0;
}

static lsi_code cu_context_synchronize(void)
{
    BEGIN("cuCtxSynchronize", true);
    sim_synchronize_all();
    return end(0);
}

/* --- memory --- */

static lsi_code cu_memory_info(size_t *available, size_t *total)
{
    BEGIN("cuMemGetInfo", true);
    sim_memory_info(current_gpu(), available, total);
    return end(0);
}

static lsi_code cu_memory_allocate(lsi_address *address, size_t bytes)
{
    BEGIN("cuMemAlloc", true);
    return end(sim_memory_allocate(current_gpu(), address, bytes));
}

static lsi_code cu_memory_free(lsi_address address)
{
    BEGIN("cuMemFree", true);
    sim_check_free(address, 1, sim_host_clock()); /* CUDA would wait; nobody is to count on that */
    return end(sim_memory_free(address));
}

static lsi_code cu_host_allocate(void **memory, size_t bytes, unsigned flags)
{
    BEGIN("cuMemHostAlloc", true);
    (void)flags;
    return end(sim_pin(memory, bytes));
}

static lsi_code cu_host_free(void *memory)
{
    BEGIN("cuMemFreeHost", true);
    return end(sim_unpin(memory));
}

static lsi_code cu_host_register(void *memory, size_t bytes, unsigned flags)
{
    BEGIN("cuMemHostRegister", true);
    (void)memory, (void)bytes, (void)flags;
    return end(0);
}

static lsi_code cu_host_unregister(void *memory)
{
    BEGIN("cuMemHostUnregister", true);
    (void)memory;
    return end(0);
}

static lsi_code cu_pointer_attribute(void *value, int number, lsi_address address)
{
    BEGIN("cuPointerGetAttribute", false);
    if (!sim_memory_is_device(address)) return end(LSI_CUDA_INVALID_VALUE);
    if (number == LSI_POINTER_MEMORY_TYPE) *(int *)value = LSI_MEMORY_TYPE_DEVICE;
    else if (number == LSI_POINTER_CONTEXT) *(lsi_context *)value = &contexts[0];
    else return end(LSI_CUDA_INVALID_VALUE);
    return end(0);
}

static lsi_code cu_address_reserve(lsi_address *address, size_t bytes, size_t alignment, lsi_address wish,
                                   unsigned long long flags)
{
    BEGIN("cuMemAddressReserve", false);
    (void)wish, (void)flags;
    return end(sim_memory_reserve(address, bytes, alignment));
}

static lsi_code cu_address_free(lsi_address address, size_t bytes)
{
    BEGIN("cuMemAddressFree", false);
    return end(sim_memory_unreserve(address, bytes));
}

static lsi_code cu_memory_create(lsi_memory_handle *handle, size_t bytes, const lsi_memory_properties *properties,
                                 unsigned long long flags)
{
    BEGIN("cuMemCreate", false);
    (void)flags;
    return end(sim_memory_create(properties->location.id, handle, bytes));
}

static lsi_code cu_memory_release(lsi_memory_handle handle)
{
    BEGIN("cuMemRelease", false);
    return end(sim_memory_destroy(handle));
}

static lsi_code cu_memory_map(lsi_address address, size_t bytes, size_t offset, lsi_memory_handle handle,
                              unsigned long long flags)
{
    BEGIN("cuMemMap", false);
    (void)offset, (void)flags;
    return end(sim_memory_map(address, bytes, handle));
}

static lsi_code cu_memory_unmap(lsi_address address, size_t bytes)
{
    BEGIN("cuMemUnmap", false);
    sim_check_free(address, bytes, sim_host_clock());
    return end(sim_memory_unmap(address, bytes));
}

static lsi_code cu_memory_access(lsi_address address, size_t bytes, const lsi_memory_access *access, size_t count)
{
    BEGIN("cuMemSetAccess", false);
    (void)access, (void)count;
    return end(sim_memory_allow(address, bytes));
}

static lsi_code cu_memory_granularity(size_t *bytes, const lsi_memory_properties *properties, int option)
{
    BEGIN("cuMemGetAllocationGranularity", false);
    (void)properties, (void)option;
    *bytes = SIM_GRANULE;
    return end(0);
}

/* --- copies: from pageable memory the bytes are taken at the call, to pageable memory the call waits, as CUDA does --- */

static bool of_current(lsi_stream stream)
{
    return stream && stream->context == current();
}

static lsi_code cu_copy_to_device(lsi_address to, const void *from, size_t bytes, lsi_stream stream)
{
    BEGIN("cuMemcpyHtoDAsync", true);
    if (!of_current(stream)) return end(LSI_CUDA_INVALID_HANDLE);
    if (sim_memory_is_device((lsi_address)(uintptr_t)from)) return end(LSI_CUDA_INVALID_VALUE);
    sim_item *item = sim_item_new(SIM_COPY, 1);
    item->ranges[0] = (sim_range){to, bytes, true};
    item->to = (void *)(uintptr_t)to;
    item->from = from;
    item->bytes = bytes;
    if (!sim_is_pinned(from, bytes)) {
        item->from = item->snapshot = malloc(bytes + 1);
        if (!item->snapshot) abort();
        memcpy(item->snapshot, from, bytes);
    }
    sim_enqueue(stream, item, "copy to the GPU");
    return end(0);
}

static lsi_code cu_copy_to_host(void *to, lsi_address from, size_t bytes, lsi_stream stream)
{
    BEGIN("cuMemcpyDtoHAsync", true);
    if (!of_current(stream)) return end(LSI_CUDA_INVALID_HANDLE);
    if (sim_memory_is_device((lsi_address)(uintptr_t)to)) return end(LSI_CUDA_INVALID_VALUE);
    sim_item *item = sim_item_new(SIM_COPY, 1);
    item->ranges[0] = (sim_range){from, bytes, false};
    item->to = to;
    item->from = (const void *)(uintptr_t)from;
    item->bytes = bytes;
    sim_enqueue(stream, item, "copy from the GPU");
    if (!sim_is_pinned(to, bytes)) sim_synchronize_stream(stream);
    return end(0);
}

static lsi_code cu_copy_on_device(lsi_address to, lsi_address from, size_t bytes, lsi_stream stream)
{
    BEGIN("cuMemcpyDtoDAsync", true);
    if (!of_current(stream)) return end(LSI_CUDA_INVALID_HANDLE);
    sim_item *item = sim_item_new(SIM_COPY, 2);
    item->ranges[0] = (sim_range){from, bytes, false};
    item->ranges[1] = (sim_range){to, bytes, true};
    item->to = (void *)(uintptr_t)to;
    item->from = (const void *)(uintptr_t)from;
    item->bytes = bytes;
    sim_enqueue(stream, item, "copy on the GPU");
    return end(0);
}

static lsi_code cu_fill8(lsi_address to, unsigned char value, size_t count, lsi_stream stream)
{
    BEGIN("cuMemsetD8Async", true);
    if (!of_current(stream)) return end(LSI_CUDA_INVALID_HANDLE);
    sim_item *item = sim_item_new(SIM_FILL, 1);
    item->ranges[0] = (sim_range){to, count, true};
    item->to = (void *)(uintptr_t)to;
    item->value = value;
    item->bytes = count;
    sim_enqueue(stream, item, "fill");
    return end(0);
}

/* --- streams and events --- */

static lsi_code cu_stream_create(lsi_stream *stream, unsigned flags)
{
    BEGIN("cuStreamCreate", true);
    (void)flags;
    return end(sim_stream_new(current(), stream));
}

static lsi_code cu_stream_destroy(lsi_stream stream)
{
    BEGIN("cuStreamDestroy", true);
    sim_stream_delete(stream);
    return end(0);
}

static lsi_code cu_stream_synchronize(lsi_stream stream)
{
    BEGIN("cuStreamSynchronize", true);
    sim_synchronize_stream(stream);
    return end(0);
}

static lsi_code cu_stream_wait(lsi_stream stream, lsi_event event, unsigned flags)
{
    BEGIN("cuStreamWaitEvent", true);
    if (!of_current(stream) || !event || flags) return end(LSI_CUDA_INVALID_HANDLE);
    sim_wait(stream, event);
    return end(0);
}

static lsi_code cu_event_create(lsi_event *event, unsigned flags)
{
    BEGIN("cuEventCreate", true);
    (void)flags;
    *event = calloc(1, sizeof **event);
    if (!*event) abort();
    (*event)->stream = -1;
    events_alive++;
    return end(0);
}

static lsi_code cu_event_destroy(lsi_event event)
{
    BEGIN("cuEventDestroy", true);
    free(event);
    events_alive--;
    return end(0);
}

static lsi_code cu_event_record(lsi_event event, lsi_stream stream)
{
    BEGIN("cuEventRecord", true);
    if (!of_current(stream)) return end(LSI_CUDA_INVALID_HANDLE);
    sim_record(stream, event);
    return end(0);
}

static lsi_code cu_event_query(lsi_event event)
{
    BEGIN("cuEventQuery", true);
    return end(sim_event_done(event) ? 0 : LSI_CUDA_NOT_READY);
}

static lsi_code cu_event_synchronize(lsi_event event)
{
    BEGIN("cuEventSynchronize", true);
    sim_synchronize_event(event);
    return end(0);
}

/* A microsecond for each piece of work between two events of a stream. */
static lsi_code cu_event_elapsed(float *milliseconds, lsi_event from, lsi_event to)
{
    BEGIN("cuEventElapsedTime", true);
    if (from->stream < 0 || to->stream < 0) return end(LSI_CUDA_INVALID_HANDLE);
    if (!sim_event_done(from) || !sim_event_done(to)) return end(LSI_CUDA_NOT_READY);
    *milliseconds = ((float)to->position - (float)from->position) / 1000;
    return end(0);
}

/* --- kernels --- */

struct CUlib_st {
    char module[128]; /* "" for a shared object: its kernels have names of their own */
    void *object;
};

struct CUkern_st {
    struct CUkern_st *next;
    const lsi_shim_kernel *kernel;
    char name[128];
    int shared_allowed;
};

static struct CUkern_st *kernels; /* a function is its kernel */

/* A shared object whose kernels register themselves with the shim, which it finds in this plug-in. */
static void *open_object(const void *image, size_t bytes)
{
    char path[64];
    Dl_info plugin;
    if (dladdr((void *)&kernels, &plugin)) dlopen(plugin.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
    const int file = memfd_create("kernels", MFD_CLOEXEC);
    if (file < 0 || write(file, image, bytes) != (ssize_t)bytes) return NULL;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!object) fprintf(stderr, "simulated GPU: %s\n", dlerror());
    if (!object) close(file); /* else stays open: the loader would take the next file of this name for the same object */
    return object;
}

/* The end of an ELF file whose section headers come last, as they do. */
static size_t elf_bytes(const unsigned char *image)
{
    uint64_t at;
    uint16_t size, count;
    memcpy(&at, image + 40, sizeof at);
    memcpy(&size, image + 58, sizeof size);
    memcpy(&count, image + 60, sizeof count);
    return (size_t)at + (size_t)size * count;
}

static lsi_code cu_library_load(lsi_library *library, const void *image, void *options, void **values, unsigned n,
                                void *more, void **more_values, unsigned m)
{
    static const char prefix[] = "lockstep-shim:", elf[] = "\x7f" "ELF";
    (void)options, (void)values, (void)n, (void)more, (void)more_values, (void)m;
    BEGIN("cuLibraryLoadData", false);
    lsi_library made = calloc(1, sizeof *made);
    if (!made) abort();
    if (strncmp(image, prefix, sizeof prefix - 1) == 0) {
        snprintf(made->module, sizeof made->module, "%s", (const char *)image + sizeof prefix - 1);
    } else {
        if (memcmp(image, elf, sizeof elf - 1) == 0) made->object = open_object(image, elf_bytes(image));
        if (!made->object) {
            free(made);
            return end(LSI_CUDA_INVALID_IMAGE);
        }
    }
    *library = made;
    return end(0);
}

static lsi_code cu_library_unload(lsi_library library)
{
    BEGIN("cuLibraryUnload", false);
    free(library); /* shared objects stay: work that is queued may need them */
    return end(0);
}

typedef struct search {
    const char *name, *module;
} search;

static void compare(void *context, const char *module, const char *name)
{
    search *s = context;
    if (strcmp(s->name, name) == 0) s->module = module;
}

/* With the lock held. */
static lsi_kernel_handle new_kernel(const lsi_shim_kernel *found, const char *name)
{
    struct CUkern_st *k = calloc(1, sizeof *k);
    if (!k) abort();
    k->next = kernels;
    k->kernel = found;
    snprintf(k->name, sizeof k->name, "%s", name);
    k->shared_allowed = 48 << 10;
    return kernels = k;
}

static lsi_code cu_library_kernel(lsi_kernel_handle *handle, lsi_library library, const char *name)
{
    BEGIN("cuLibraryGetKernel", false);
    search s = {name, library->module};
    if (library->object) {
        s.module = NULL;
        lsi_shim_each(compare, &s);
    }
    const lsi_shim_kernel *found = s.module ? lsi_shim_find(s.module, name) : NULL;
    if (!found) return end(LSI_CUDA_NOT_FOUND);
    *handle = new_kernel(found, name);
    return end(0);
}

static lsi_code cu_kernel_function(lsi_function *function, lsi_kernel_handle kernel)
{
    BEGIN("cuKernelGetFunction", true);
    *function = (lsi_function)kernel;
    return end(0);
}

static lsi_code cu_function_attribute(int *value, int number, lsi_function function)
{
    BEGIN("cuFuncGetAttribute", true);
    *value = number == LSI_FUNCTION_DYNAMIC_SHARED ? ((lsi_kernel_handle)function)->shared_allowed : 32;
    return end(0);
}

static lsi_code cu_function_set(lsi_function function, int number, int value)
{
    BEGIN("cuFuncSetAttribute", true);
    if (number != LSI_FUNCTION_DYNAMIC_SHARED || value > attribute(LSI_GPU_SHARED_OPTIN))
        return end(LSI_CUDA_INVALID_VALUE);
    ((lsi_kernel_handle)function)->shared_allowed = value;
    return end(0);
}

static lsi_code cu_occupancy(int *blocks, lsi_function function, int threads, size_t shared_bytes)
{
    BEGIN("cuOccupancyMaxActiveBlocksPerMultiprocessor", true);
    (void)function, (void)shared_bytes;
    *blocks = threads > 0 ? 2048 / threads : 1;
    return end(0);
}

static lsi_code cu_launch(lsi_function function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                          unsigned bz, unsigned shared_bytes, lsi_stream stream, void **parameters, void **extra)
{
    struct CUkern_st *k = (struct CUkern_st *)function;
    BEGIN("cuLaunchKernel", true);
    if (!of_current(stream)) return end(LSI_CUDA_INVALID_HANDLE);
    if (gx == 0 || gy == 0 || gz == 0 || by != 1 || bz != 1 || gy > 65535 || gz > 65535 || bx > 1024 || extra ||
        shared_bytes > (unsigned)k->shared_allowed || lsi_shim_threads(k->kernel) != bx)
        return end(LSI_CUDA_INVALID_VALUE);
    const self *mine = me();
    const size_t size = lsi_shim_args(k->kernel);
    if (mine->ndeclared > 0 && *(const size_t *)parameters[1] != size)
        sim_violation("%s takes a struct of %zu bytes and was given %zu", k->name, size, *(const size_t *)parameters[1]);
    sim_item *item = sim_item_new(SIM_LAUNCH, mine->ndeclared);
    memcpy(item->ranges, mine->declared, (size_t)mine->ndeclared * sizeof *mine->declared);
    item->kernel = k->kernel;
    item->grid[0] = gx;
    item->grid[1] = gy;
    item->grid[2] = gz;
    item->threads = bx;
    item->shared_bytes = shared_bytes;
    item->args = malloc(size + 1);
    if (!item->args) abort();
    memcpy(item->args, parameters[0], size);
    sim_enqueue(stream, item, k->name);
    return end(0);
}

static void declare(lsi_address address, size_t bytes, bool write)
{
    self *mine = me();
    if (bytes == 0) mine->ndeclared = 0;
    else if (mine->ndeclared < MAX_DECLARED) mine->declared[mine->ndeclared++] = (sim_range){address, bytes, write};
}

/* --- the table --- */

#define ROW(member, name, parameters) .member = cu_##member,
static const lsi_cuda table = {LSI_CUDA_ENTRIES(ROW, ROW).declare = declare};
#undef ROW

static unsigned long number_of(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoul(text, NULL, 10) : otherwise;
}

static void plan_failure(const char *text)
{
    const bool run = text && strncmp(text, "run:", 4) == 0;
    long n = 0;
    unsigned code = 0;
    if (!text || sscanf(run ? text + 4 : text, "%ld:%u", &n, &code) != 2) return;
    if (run) {
        fault.run = n;
        fault.run_code = code;
    } else {
        fault.call = n;
        fault.call_code = code;
    }
}

static void start(void)
{
    if (pthread_key_create(&key, free)) abort();
    gpus = (int)number_of("LOCKSTEP_SIMULATED_DEVICES", 1);
    if (gpus > MAX_GPUS) gpus = MAX_GPUS;
    sim_memory_start(gpus, number_of("LOCKSTEP_SIMULATED_MEMORY", 8192) << 20);
    sim_queue_seed(number_of("LOCKSTEP_SIMULATED_SEED", 1), getenv("LOCKSTEP_SIMULATED_POLICY"));
    plan_failure(getenv("LOCKSTEP_SIMULATED_FAIL"));
}

const lsi_cuda *lsi_cuda_open(char *reason, size_t size)
{
    char text[LSI_CODE_TEXT];
    pthread_once(&once, start);
    const lsi_code code = table.init(0);
    if (code) snprintf(reason, size, "the driver does not start: %s", lsi_code_text(&table, code, text));
    return code ? NULL : &table;
}

/* --- for tests --- */

static void get_stats(simulated_stats *out)
{
    pthread_mutex_lock(&lock);
    *out = (simulated_stats){.calls = calls, .launches = sim_launches, .copies = sim_copies, .fills = sim_fills,
                             .waits = sim_waits, .records = sim_records, .ran = sim_ran, .queued = sim_queued,
                             .events_alive = events_alive, .violations = sim_violations};
    out->blocks_alive = sim_memory_blocks(&out->bytes_alive);
    pthread_mutex_unlock(&lock);
}

static void fail_call(const char *name, long n, unsigned code)
{
    pthread_mutex_lock(&lock);
    snprintf(fault.name, sizeof fault.name, "%s", name ? name : "");
    fault.call = n;
    fault.call_code = code;
    pthread_mutex_unlock(&lock);
}

static void fail_run(long n, unsigned code)
{
    pthread_mutex_lock(&lock);
    fault.run = n;
    fault.run_code = code;
    pthread_mutex_unlock(&lock);
}

static bool fail_pending(void)
{
    pthread_mutex_lock(&lock);
    const bool pending = fault.call > 0 || fault.run > 0;
    pthread_mutex_unlock(&lock);
    return pending;
}

static void heal(void)
{
    pthread_mutex_lock(&lock);
    memset(&fault, 0, sizeof fault);
    pthread_mutex_unlock(&lock);
}

static void reseed(uint64_t seed, const char *policy)
{
    pthread_mutex_lock(&lock);
    sim_queue_seed(seed, policy);
    pthread_mutex_unlock(&lock);
}

static void forgive(bool on)
{
    pthread_mutex_lock(&lock);
    sim_forgive = on;
    pthread_mutex_unlock(&lock);
}

static void drop_waits(bool on)
{
    pthread_mutex_lock(&lock);
    sim_drop_waits = on;
    pthread_mutex_unlock(&lock);
}

static const char *violation(void)
{
    return sim_violation_text;
}

static void *function_of(const char *module, const char *name)
{
    const lsi_shim_kernel *found = lsi_shim_find(module, name);
    pthread_mutex_lock(&lock);
    void *function = found ? new_kernel(found, name) : NULL;
    pthread_mutex_unlock(&lock);
    return function;
}

extern const simulated_control lockstep_simulated;
__attribute__((visibility("default"))) const simulated_control lockstep_simulated = {
    get_stats, fail_call, fail_run, fail_pending, heal, reseed, forgive, drop_waits, violation, function_of};
