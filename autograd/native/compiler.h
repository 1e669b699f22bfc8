/* What compilers write differently. */

#ifndef GRADLAB_COMPILER_H
#define GRADLAB_COMPILER_H

#if defined(_MSC_VER)
#define INLINE static __forceinline
#pragma fp_contract(off)
#define LIKELY(x) (x)
#define HIDDEN
#else
#define INLINE static inline __attribute__((always_inline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define HIDDEN __attribute__((visibility("hidden")))
#endif

#endif
