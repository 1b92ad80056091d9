/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting on a GPU: keys by kernels/sort_key.h, order by CUB's radix sorts. Everything is one stable order of all
 * elements and what follows from it, so that four instantiations do for every dtype: lines are told apart by a second
 * stable sort by line, keys of 128 bits by a sort of each half, a partition by a sort of three values. The only file of the
 * project that launches by <<<>>>. */
#define CUB_WRAPPED_NAMESPACE lockstep_cub_module
#include "device/cub/cub.h"
#include "lockstep/types.h"
#include "sort_key.h"

#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_scan.cuh>
#include <cuda_runtime.h>

using namespace lockstep_cub_module;

namespace {

constexpr unsigned THREADS = 256;

/* --- elements and keys --- */

__host__ __device__ int size_of(int dtype)
{
    switch (dtype) {
    case LS_BOOL: case LS_INT8: case LS_UINT8: return 1;
    case LS_INT16: case LS_UINT16: case LS_FLOAT16: case LS_BFLOAT16: return 2;
    case LS_INT32: case LS_UINT32: case LS_FLOAT32: return 4;
    case LS_COMPLEX128: return 16;
    default: return 8;
    }
}

/* The key of an element, in .low but for complex128. */
__device__ ls_sort_pair key_at(int dtype, ls_sort_order o, const void *in, uint64_t i)
{
    const uint8_t *b = static_cast<const uint8_t *>(in);
    const uint16_t *h = static_cast<const uint16_t *>(in);
    const uint32_t *w = static_cast<const uint32_t *>(in);
    const uint64_t *d = static_cast<const uint64_t *>(in);
    ls_sort_pair key = {0, 0};
    switch (dtype) {
    case LS_BOOL: case LS_UINT8: key.low = ls_sort_key_int32(b[i], 0, 0xffu, o); break;
    case LS_INT8: key.low = ls_sort_key_int32(b[i], 0x80u, 0xffu, o); break;
    case LS_UINT16: key.low = ls_sort_key_int32(h[i], 0, 0xffffu, o); break;
    case LS_INT16: key.low = ls_sort_key_int32(h[i], 0x8000u, 0xffffu, o); break;
    case LS_FLOAT16: key.low = ls_sort_key_half(h[i], 0x7c00u, o); break;
    case LS_BFLOAT16: key.low = ls_sort_key_half(h[i], 0x7f80u, o); break;
    case LS_UINT32: key.low = ls_sort_key_int32(w[i], 0, 0xffffffffu, o); break;
    case LS_INT32: key.low = ls_sort_key_int32(w[i], 0x80000000u, 0xffffffffu, o); break;
    case LS_FLOAT32: key.low = ls_sort_key_f32(w[i], o); break;
    case LS_UINT64: key.low = ls_sort_key_int64(d[i], 0, o); break;
    case LS_INT64: key.low = ls_sort_key_int64(d[i], 0x8000000000000000u, o); break;
    case LS_FLOAT64: key.low = ls_sort_key_f64(d[i], o); break;
    case LS_COMPLEX64: key.low = ls_sort_key_c64(w[2 * i], w[2 * i + 1], o); break;
    default: key = ls_sort_key_c128(d[2 * i], d[2 * i + 1], o); break;
    }
    return key;
}

/* The element of a key. */
__device__ void put_element(int dtype, ls_sort_order o, ls_sort_pair key, void *out, uint64_t i)
{
    uint8_t *b = static_cast<uint8_t *>(out);
    uint16_t *h = static_cast<uint16_t *>(out);
    uint32_t *w = static_cast<uint32_t *>(out);
    uint64_t *d = static_cast<uint64_t *>(out);
    const uint32_t low = static_cast<uint32_t>(key.low);
    ls_sort_pair bits;
    switch (dtype) {
    case LS_BOOL: case LS_UINT8: b[i] = static_cast<uint8_t>(ls_sort_key_int32(low, 0, 0xffu, o)); break;
    case LS_INT8: b[i] = static_cast<uint8_t>(ls_sort_key_int32(low, 0x80u, 0xffu, o)); break;
    case LS_UINT16: h[i] = static_cast<uint16_t>(ls_sort_key_int32(low, 0, 0xffffu, o)); break;
    case LS_INT16: h[i] = static_cast<uint16_t>(ls_sort_key_int32(low, 0x8000u, 0xffffu, o)); break;
    case LS_FLOAT16: h[i] = static_cast<uint16_t>(ls_sort_half(low, 0x7e00u, o)); break;
    case LS_BFLOAT16: h[i] = static_cast<uint16_t>(ls_sort_half(low, 0x7fc0u, o)); break;
    case LS_UINT32: w[i] = ls_sort_key_int32(low, 0, 0xffffffffu, o); break;
    case LS_INT32: w[i] = ls_sort_key_int32(low, 0x80000000u, 0xffffffffu, o); break;
    case LS_FLOAT32: w[i] = ls_sort_f32(low, o); break;
    case LS_UINT64: d[i] = ls_sort_key_int64(key.low, 0, o); break;
    case LS_INT64: d[i] = ls_sort_key_int64(key.low, 0x8000000000000000u, o); break;
    case LS_FLOAT64: d[i] = ls_sort_f64(key.low, o); break;
    case LS_COMPLEX64:
        bits = ls_sort_c64(key.low, o);
        w[2 * i] = static_cast<uint32_t>(bits.high);
        w[2 * i + 1] = static_cast<uint32_t>(bits.low);
        break;
    default:
        bits = ls_sort_c128(key, o);
        d[2 * i] = bits.high;
        d[2 * i + 1] = bits.low;
        break;
    }
}

__device__ bool is_zero(int dtype, const void *in, uint64_t i)
{
    const ls_sort_order merged = {1, 0};
    const uint64_t zero = 0;
    const ls_sort_pair key = key_at(dtype, merged, in, i);
    uint64_t nothing[2] = {zero, zero};
    const ls_sort_pair of_zero = key_at(dtype, merged, nothing, 0);
    return key.high == of_zero.high && key.low == of_zero.low;
}

__device__ bool goes_before(ls_sort_pair k, ls_sort_pair value, bool or_equal)
{
    return k.high < value.high || (k.high == value.high && (k.low < value.low || (or_equal && k.low == value.low)));
}

/* --- kernels: an element per thread --- */

struct view {
    int dtype;
    ls_sort_order order;
    const void *in;
    uint64_t count, n;      /* all elements; of a line */
};

__device__ uint64_t element_number()
{
    return static_cast<uint64_t>(blockIdx.x) * THREADS + threadIdx.x;
}

/* Keys of the elements, or of those that `order` names; `upper`: the upper word of 128 bits. */
template <class Key> __global__ void make_keys(view v, const uint32_t *order, bool upper, Key *keys)
{
    const uint64_t i = element_number();
    if (i >= v.count) return;
    const ls_sort_pair key = key_at(v.dtype, v.order, v.in, order ? order[i] : i);
    keys[i] = static_cast<Key>(upper ? key.high : key.low);
}

template <class Key> __global__ void put_elements(view v, const Key *keys, void *out)
{
    const uint64_t i = element_number();
    if (i >= v.count) return;
    const ls_sort_pair key = {0, keys[i]};
    put_element(v.dtype, v.order, key, out, i);
}

__global__ void number_elements(uint64_t count, uint32_t *order)
{
    const uint64_t i = element_number();
    if (i < count) order[i] = static_cast<uint32_t>(i);
}

__global__ void number_lines(view v, const uint32_t *order, uint32_t *lines)
{
    const uint64_t i = element_number();
    if (i < v.count) lines[i] = static_cast<uint32_t>(order[i] / v.n);
}

/* Three times the line, and the side of its element kth; `order` is the order of all lines. */
__global__ void number_sides(view v, const uint32_t *order, uint64_t kth, uint32_t *sides)
{
    const uint64_t i = element_number();
    if (i >= v.count) return;
    const uint64_t line = i / v.n;
    const ls_sort_pair key = key_at(v.dtype, v.order, v.in, i);
    const ls_sort_pair pivot = key_at(v.dtype, v.order, v.in, order[line * v.n + kth]);
    const uint32_t side = goes_before(key, pivot, false) ? 0 : goes_before(key, pivot, true) ? 1 : 2;
    sides[i] = static_cast<uint32_t>(3 * line + side);
}

__global__ void gather(view v, const uint32_t *order, void *out)
{
    const uint64_t i = element_number();
    if (i < v.count) put_element(v.dtype, v.order, key_at(v.dtype, v.order, v.in, order[i]), out, i);
}

__global__ void positions(view v, const uint32_t *order, int64_t *indices)
{
    const uint64_t i = element_number();
    if (i < v.count) indices[i] = static_cast<int64_t>(order[i] % v.n);
}

__global__ void search(view v, const void *values, uint64_t count, bool right, int64_t *indices)
{
    const uint64_t i = element_number();
    if (i >= count) return;
    const ls_sort_pair value = key_at(v.dtype, v.order, values, i);
    uint64_t begin = 0, end = v.n;
    while (begin < end) {
        const uint64_t middle = begin + (end - begin) / 2;
        if (goes_before(key_at(v.dtype, v.order, v.in, middle), value, right)) begin = middle + 1; else end = middle;
    }
    indices[i] = static_cast<int64_t>(begin);
}

__global__ void run_heads(view v, const uint32_t *order, uint32_t *runs)
{
    const uint64_t i = element_number();
    if (i >= v.count) return;
    bool head = i == 0;
    if (!head) {
        const ls_sort_pair before = key_at(v.dtype, v.order, v.in, order[i - 1]);
        const ls_sort_pair key = key_at(v.dtype, v.order, v.in, order[i]);
        head = before.high != key.high || before.low != key.low;
    }
    runs[i] = head;
}

/* What each run becomes, by the thread at its head. */
__global__ void put_runs(view v, lsi_cub_task t)
{
    const uint64_t i = element_number();
    if (i >= v.count) return;
    const uint32_t run = t.runs[i] - 1, at = t.order[i];
    if (t.inverse) t.inverse[at] = run;
    if (i > 0 && t.runs[i - 1] == t.runs[i]) return;
    put_element(v.dtype, v.order, key_at(v.dtype, v.order, v.in, at), t.out, run);
    if (t.first) t.first[run] = at;
    if (!t.counts) return;
    uint64_t begin = i, end = v.count; /* the first place of a later run */
    while (begin < end) {
        const uint64_t middle = begin + (end - begin) / 2;
        if (t.runs[middle] <= t.runs[i]) begin = middle + 1; else end = middle;
    }
    t.counts[run] = static_cast<int64_t>(begin - i);
}

__global__ void nonzero_flags(view v, uint32_t *runs)
{
    const uint64_t i = element_number();
    if (i < v.count) runs[i] = !is_zero(v.dtype, v.in, i);
}

__global__ void put_coordinates(view v, lsi_cub_task t)
{
    const uint64_t i = element_number();
    if (i >= v.count || t.runs[i] == (i > 0 ? t.runs[i - 1] : 0)) return;
    uint64_t rest = i;
    for (int axis = t.ndim - 1; axis >= 0; axis--) {
        t.indices[axis * t.found + t.runs[i] - 1] = static_cast<int64_t>(rest % static_cast<uint64_t>(t.shape[axis]));
        rest /= static_cast<uint64_t>(t.shape[axis]);
    }
}

/* --- one piece of work: memory handed out from the scratch block, the first failure kept --- */

struct job {
    const lsi_cub_task *task;
    view v;
    char *scratch;          /* NULL: only measuring */
    size_t used, most;
    cudaStream_t stream;
    cudaError_t code;

    bool runs() const { return scratch && code == cudaSuccess; }
    unsigned blocks(uint64_t count) const { return static_cast<unsigned>((count + THREADS - 1) / THREADS); }
    void *take(size_t bytes)
    {
        char *at = scratch + used;
        used += (bytes + 255) / 256 * 256;
        most = used > most ? used : most;
        return scratch ? at : nullptr;
    }
    template <class T> T *take_all() { return static_cast<T *>(take(v.count * sizeof(T))); }
    void launched()
    {
        const cudaError_t now = cudaGetLastError();
        code = code == cudaSuccess ? now : code;
    }
    /* An algorithm of CUB's: once for the size of its memory, once for the work. */
    template <class F> void call(F f)
    {
        size_t bytes = 0;
        const size_t before = used;
        if (code == cudaSuccess) code = f(nullptr, bytes);
        void *memory = take(bytes ? bytes : 1);
        if (runs()) code = f(memory, bytes);
        used = before;
    }
};

int key_bits(int dtype)
{
    const int size = size_of(dtype);
    return size < 8 ? 8 * size : 64;
}

/* Sorts pairs by the lowest `bits` bits of their keys; the results are the first of each pair of arrays. */
template <class Key> void sort_pairs(job &j, Key *&keys, Key *&keys2, uint32_t *&order, uint32_t *&order2, int bits)
{
    cub::DoubleBuffer<Key> k(keys, keys2);
    cub::DoubleBuffer<uint32_t> o(order, order2);
    const uint32_t count = static_cast<uint32_t>(j.v.count);
    j.call([&](void *memory, size_t &bytes) {
        return cub::DeviceRadixSort::SortPairs(memory, bytes, k, o, count, 0, bits, j.stream);
    });
    keys = k.Current();
    keys2 = k.Alternate();
    order = o.Current();
    order2 = o.Alternate();
}

template <class Key> void make(job &j, const uint32_t *order, bool upper, Key *keys)
{
    if (!j.runs()) return;
    make_keys<Key><<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, order, upper, keys);
    j.launched();
}

/* The stable order of the elements by their keys. */
template <class Key> void order_by_keys(job &j, uint32_t *&order, uint32_t *&order2, bool both_words)
{
    const size_t before = j.used;
    Key *keys = j.take_all<Key>(), *keys2 = j.take_all<Key>();
    make(j, nullptr, false, keys);
    sort_pairs(j, keys, keys2, order, order2, key_bits(j.v.dtype));
    if (both_words) {
        make(j, order, true, keys);
        sort_pairs(j, keys, keys2, order, order2, 64);
    }
    j.used = before;
}

int bits_of(uint64_t most)
{
    int bits = 1;
    while (bits < 32 && most >> bits) bits++;
    return bits;
}

/* The stable order of all elements, line by line: numbers of elements. */
void make_order(job &j, uint32_t *&order, uint32_t *&order2)
{
    if (j.runs()) {
        number_elements<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v.count, order);
        j.launched();
    }
    const int size = size_of(j.v.dtype);
    if (size < 8) order_by_keys<uint32_t>(j, order, order2, false);
    else order_by_keys<uint64_t>(j, order, order2, size == 16);
    if (j.task->lines > 1) {
        const size_t before = j.used;
        uint32_t *lines = j.take_all<uint32_t>(), *lines2 = j.take_all<uint32_t>();
        if (j.runs()) {
            number_lines<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, order, lines);
            j.launched();
        }
        sort_pairs(j, lines, lines2, order, order2, bits_of(static_cast<uint64_t>(j.task->lines - 1)));
        j.used = before;
    }
}

/* The order of a partition: elements by line and side, stable. */
void part(job &j, uint32_t *&order, uint32_t *&order2)
{
    const size_t before = j.used;
    uint32_t *sides = j.take_all<uint32_t>(), *sides2 = j.take_all<uint32_t>();
    if (j.runs()) {
        number_sides<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, order, static_cast<uint64_t>(j.task->kth), sides);
        j.launched();
        number_elements<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v.count, order);
        j.launched();
    }
    sort_pairs(j, sides, sides2, order, order2, bits_of(static_cast<uint64_t>(3 * j.task->lines - 1)));
    j.used = before;
}

/* One line of keys of one word needs no positions. */
template <class Key> void sort_keys(job &j)
{
    Key *keys = j.take_all<Key>(), *keys2 = j.take_all<Key>();
    const uint32_t count = static_cast<uint32_t>(j.v.count);
    make(j, nullptr, false, keys);
    cub::DoubleBuffer<Key> k(keys, keys2);
    j.call([&](void *memory, size_t &bytes) {
        return cub::DeviceRadixSort::SortKeys(memory, bytes, k, count, 0, key_bits(j.v.dtype), j.stream);
    });
    if (!j.runs()) return;
    put_elements<Key><<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, k.Current(), j.task->out);
    j.launched();
}

void sort_lines(job &j)
{
    const lsi_cub_task &t = *j.task;
    const bool values = t.step == LSI_CUB_SORT || t.step == LSI_CUB_PARTITION;
    const int size = size_of(t.dtype);
    if (t.step == LSI_CUB_SORT && t.lines == 1 && size < 16) {
        if (size < 8) sort_keys<uint32_t>(j); else sort_keys<uint64_t>(j);
        return;
    }
    uint32_t *order = j.take_all<uint32_t>(), *order2 = j.take_all<uint32_t>();
    make_order(j, order, order2);
    if (t.step == LSI_CUB_PARTITION || t.step == LSI_CUB_ARGPARTITION) part(j, order, order2);
    if (!j.runs()) return;
    if (values) gather<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, order, t.out);
    else positions<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, order, t.indices);
    j.launched();
}

void sum_runs(job &j)
{
    j.call([&](void *memory, size_t &bytes) {
        return cub::DeviceScan::InclusiveSum(memory, bytes, j.task->runs, j.task->runs,
                                             static_cast<uint32_t>(j.v.count), j.stream);
    });
}

void unique_runs(job &j)
{
    uint32_t *order = j.take_all<uint32_t>(), *order2 = j.take_all<uint32_t>();
    make_order(j, order, order2);
    if (j.runs()) {
        j.code = cudaMemcpyAsync(j.task->order, order, j.v.count * sizeof *order, cudaMemcpyDeviceToDevice, j.stream);
        run_heads<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, order, j.task->runs);
        j.launched();
    }
    sum_runs(j);
}

void nonzero_runs(job &j)
{
    if (j.runs()) {
        nonzero_flags<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, j.task->runs);
        j.launched();
    }
    sum_runs(j);
}

void step(job &j)
{
    const lsi_cub_task &t = *j.task;
    switch (t.step) {
    case LSI_CUB_UNIQUE_RUNS: unique_runs(j); return;
    case LSI_CUB_NONZERO_RUNS: nonzero_runs(j); return;
    case LSI_CUB_SEARCH:
        if (!j.runs()) return;
        search<<<j.blocks(static_cast<uint64_t>(t.count)), THREADS, 0, j.stream>>>(
            j.v, t.values, static_cast<uint64_t>(t.count), t.right != 0, t.indices);
        j.launched();
        return;
    case LSI_CUB_UNIQUE_RESULTS:
        if (!j.runs()) return;
        put_runs<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, t);
        j.launched();
        return;
    case LSI_CUB_NONZERO_RESULTS:
        if (!j.runs()) return;
        put_coordinates<<<j.blocks(j.v.count), THREADS, 0, j.stream>>>(j.v, t);
        j.launched();
        return;
    default: sort_lines(j); return;
    }
}

job start(const lsi_cub_task *task, void *scratch, void *stream)
{
    const uint64_t n = static_cast<uint64_t>(task->n), count = static_cast<uint64_t>(task->lines) * n;
    const view v = {task->dtype, {task->merge_zeros, task->descending}, task->in, count, n};
    return job{task, v, static_cast<char *>(scratch), 0, 0, static_cast<cudaStream_t>(stream), cudaSuccess};
}

int measure(const lsi_cub_task *task, size_t *bytes)
{
    job j = start(task, nullptr, nullptr);
    step(j);
    *bytes = j.most ? j.most : 1;
    return static_cast<int>(j.code);
}

int run(const lsi_cub_task *task, void *scratch, size_t bytes, void *stream)
{
    job j = start(task, scratch, stream);
    step(j);
    return static_cast<int>(j.code == cudaSuccess && j.most > bytes ? cudaErrorInvalidValue : j.code);
}

const char *error(int code)
{
    return cudaGetErrorString(static_cast<cudaError_t>(code));
}

const lsi_cub_table table = {LSI_CUB_ABI, sizeof(lsi_cub_task), CUDART_VERSION, measure, run, error};

} // namespace

extern "C" __attribute__((visibility("default"))) const lsi_cub_table *lockstep_cub(void)
{
    return &table;
}
