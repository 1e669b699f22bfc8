/* The arithmetic of the rows: what they call, and what row_writer.py has written of them. */

#ifndef GRADLAB_ARITHMETIC_H
#define GRADLAB_ARITHMETIC_H

#include <math.h>

#include "compiler.h"

/* The value of a row, its partials, and whether Python's floats would have raised on the way, as they do at 1/0 and log 0. */
typedef struct {
    double y, da, db;
    int raised;
} Local;

typedef Local (*Unary)(double a);
typedef Local (*Binary)(double a, double b);

/* A function of Python's math module, which raises where the result is not finite (for arguments that are not finite it is asked
   again, to be on the safe side). */
INLINE double checked(double y, int *raised) {
    *raised |= !(y - y == 0.0);
    return y;
}

INLINE double quotient(double a, double b, int *raised) {
    *raised |= b == 0.0;
    return a / b;
}

/* The functions of autograd/backends/float_backend.py that are not in libm. */
INLINE double maximum(double a, double b) { return a >= b || a != a ? a : b; }
INLINE double minimum(double a, double b) { return a <= b || a != a ? a : b; }
INLINE double sign(double a) { return a < 0.0 || a > 0.0 ? copysign(1.0, a) : a; }
INLINE double signed_floor(double a) { return copysign(floor(a), a); }
INLINE double signed_ceil(double a) { return copysign(ceil(a), a); }
INLINE double signed_trunc(double a) { return copysign(trunc(a), a); }
INLINE double signed_rint(double a) { return copysign(rint(a), a); }

INLINE double logaddexp(double a, double b) {
    return a == b ? a + 0x1.62e42fefa39efp-1 : (b > a ? b : a) + log1p(exp(-fabs(a - b)));
}

INLINE double remainder_of(double a, double b) {
    double r = fmod(a, b);
    if (r != 0.0) {
        return (b < 0.0) != (r < 0.0) ? r + b : r;
    }
    return copysign(0.0, b);
}

INLINE double floor_quotient(double a, double b) {
    double r = fmod(a, b), whole = (a - r) / b;
    if (r != 0.0 && (b < 0.0) != (r < 0.0)) {
        whole -= 1.0;
    }
    if (whole == 0.0) {
        return copysign(0.0, a / b);
    }
    double down = floor(whole);
    return whole - down > 0.5 ? down + 1.0 : down;
}

#include "rows.h" /* UNARY_ROWS, BINARY_ROWS and the functions of each row; UNARY_OPERATORS, BINARY_OPERATORS; the methods; DIGEST */

enum row {
#define X(row) ROW_##row,
    UNARY_ROWS(X) BINARY_ROWS(X)
#undef X
    ROW_COUNT
};

struct _object;
extern struct _object *rows[ROW_COUNT] HIDDEN;          /* the operations, once they are registered: engine.c */
extern struct _object *row_partials[ROW_COUNT] HIDDEN;  /* their partials, as they were when the C code was made of them */
extern const char *const row_names[ROW_COUNT + 1] HIDDEN; /* NULL at the end */

#endif
