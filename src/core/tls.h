/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Thread-local variables that every call looks at. Found at a fixed place from the thread's pointer, they cost one load;
 * the model that compilers choose for shared libraries costs a call each time. The price is room in what a process keeps
 * for libraries that are opened at run time, of which there is little (glibc: some hundred bytes for all of them): only a
 * few words in all may be declared so. */
#ifndef LSI_CORE_TLS_H
#define LSI_CORE_TLS_H

#define LSI_THREAD_WORD _Thread_local __attribute__((tls_model("initial-exec")))

#endif
