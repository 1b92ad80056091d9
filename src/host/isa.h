/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One source, several instruction sets. Files listed in LSI_HOST_ISA_SOURCES are compiled once per ISA with
 * -DLSI_ISA=<isa> and the flags of cmake/isa.cmake; each exports one const table named LSI_ISA_NAME(table). Which one
 * runs is chosen once, at run time. All give the same bits, so the choice is only about speed. */
#ifndef LSI_HOST_ISA_H
#define LSI_HOST_ISA_H

typedef enum lsi_isa { LSI_ISA_BASELINE, LSI_ISA_AVX2, LSI_ISA_AVX512, LSI_ISA_COUNT } lsi_isa;

/* Best ISA of this CPU that was built, or the one LOCKSTEP_ISA=baseline|avx2|avx512 names (a better one than the CPU
 * has is not taken). Decided at the first call; lsi_isa_force is for tests (same rule; returns what is in force). */
lsi_isa lsi_isa_current(void);
lsi_isa lsi_isa_force(lsi_isa isa);
lsi_isa lsi_isa_best(void);
const char *lsi_isa_name(lsi_isa isa); /* "baseline" ("neon" on AArch64), "avx2", "avx512" */

#define LSI_ISA_PASTE_(a, b) a##_##b
#define LSI_ISA_PASTE(a, b) LSI_ISA_PASTE_(a, b)
#define LSI_ISA_NAME(name) LSI_ISA_PASTE(name, LSI_ISA)

/* Declares the per-ISA tables `type name_<isa>`, and LSI_ISA_PICK(name) gives the address of the one in force. */
#if defined(__x86_64__) && !LSI_ONE_ISA
#define LSI_ISA_TABLE(type, name) extern const type name##_baseline, name##_avx2, name##_avx512
#define LSI_ISA_PICK_OF(name, isa)                                                                                     \
    ((isa) == LSI_ISA_AVX512 ? &name##_avx512 : (isa) == LSI_ISA_AVX2 ? &name##_avx2 : &name##_baseline)
#else
#define LSI_ISA_TABLE(type, name) extern const type name##_baseline
#define LSI_ISA_PICK_OF(name, isa) ((void)(isa), &name##_baseline)
#endif
#define LSI_ISA_PICK(name) LSI_ISA_PICK_OF(name, lsi_isa_current())

#endif
