/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ends what sort_engine.c and sort_engine_at.c define for one kind of element. */
#undef NAME
#undef element
#undef key
#undef KEY_OF
#undef LOAD
#undef STORE
