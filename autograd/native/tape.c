/* The tape: a recorded program of numbers as flat arrays, evaluated forward and backward without a line of source.

   Instructions are sorted by level and operation, so that one dispatch serves a run of instructions that are alike and do not depend on
   each other. Several samples are lanes: the numbers of an instruction stand side by side, and the inner loop runs over them. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "arithmetic.h"

/* An instruction is a row of which both arguments move (BOTH), or one (the other is a constant, and needs no derivative), or one of
   the operations that have no row. */
enum { BOTH, BY_FIRST, BY_SECOND, CASES };

enum code {
    LEAF, /* an input or a constant: its number is there before the tape runs */
    COPY, /* a number whose derivative is cut */
    GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, EQUAL, NOT_EQUAL,
    SELECT, /* the first argument where the third is not 0, else the second */
    FIRST_ROW
};

static const char *plain_names[] = {"leaf", "copy", ">", ">=", "<", "<=", "==", "!=", "select"};

#define CODE_OF(row, which) (FIRST_ROW + CASES * (row) + (which))

typedef struct {
    int32_t code, start, stop;
} Run;

typedef struct {
    PyObject_HEAD
    int32_t size, run_count, leaf_count;
    int32_t *first, *second, *third; /* places of the arguments, in the sorted order */
    int32_t *places;                 /* where the instructions of the program stand on the tape */
    Run *runs;
} Tape;

static int arity_of(int32_t code) {
    if (code == LEAF) {
        return 0;
    }
    if (code < FIRST_ROW) {
        return code == COPY ? 1 : code == SELECT ? 3 : 2;
    }
    int row = (code - FIRST_ROW) / CASES;
#define X(row) +1
    return row < 0 UNARY_ROWS(X) ? 1 : 2;
#undef X
}

/* ---- Making a tape ------------------------------------------------------------------------------------------------------ */

static void dealloc_tape(PyObject *self) {
    Tape *tape = (Tape *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyMem_Free(tape->first);
    PyMem_Free(tape->second);
    PyMem_Free(tape->third);
    PyMem_Free(tape->places);
    PyMem_Free(tape->runs);
    type->tp_free(self);
    Py_DECREF(type);
}

/* An argument's buffer of n numbers of ``width`` bytes. */
static int get_buffer(PyObject *x, Py_buffer *view, Py_ssize_t count, Py_ssize_t width, int flags, const char *name) {
    if (PyObject_GetBuffer(x, view, PyBUF_C_CONTIGUOUS | flags) < 0) {
        return -1;
    }
    if (view->itemsize != width || (count >= 0 && view->len != count * width)) {
        PyErr_Format(PyExc_ValueError, "Tape: %s should hold %zd numbers of %zd bytes, and holds %zd bytes", name, count, width, view->len);
        PyBuffer_Release(view);
        return -1;
    }
    return 0;
}

/* Level of every instruction: 0 for leaves, else one more than that of its highest argument. Returns the highest, or -1 with an error. */
static int32_t find_levels(int32_t size, const int32_t *codes, const int32_t *const args[3], int32_t code_count, int32_t *levels) {
    int32_t highest = 0;
    for (int32_t i = 0; i < size; i++) {
        if (codes[i] < 0 || codes[i] >= code_count) {
            PyErr_Format(PyExc_ValueError, "Tape: instruction %d has the code %d, of %d", (int)i, (int)codes[i], (int)code_count);
            return -1;
        }
        int32_t level = 0;
        for (int k = 0; k < arity_of(codes[i]); k++) {
            int32_t arg = args[k][i];
            if (arg < 0 || arg >= i) {
                PyErr_Format(PyExc_ValueError, "Tape: instruction %d refers to instruction %d", (int)i, (int)arg);
                return -1;
            }
            level = levels[arg] + 1 > level ? levels[arg] + 1 : level;
        }
        levels[i] = level;
        highest = level > highest ? level : highest;
    }
    return highest;
}

/* The stable order by ``keys``, which are below ``bound``, of what ``order`` lists. */
static int counting_sort(int32_t size, const int32_t *keys, int32_t bound, const int32_t *order, int32_t *sorted) {
    int32_t *starts = PyMem_Calloc((size_t)bound + 1, sizeof(int32_t));
    if (starts == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int32_t i = 0; i < size; i++) {
        starts[keys[i] + 1]++;
    }
    for (int32_t k = 0; k < bound; k++) {
        starts[k + 1] += starts[k];
    }
    for (int32_t i = 0; i < size; i++) {
        sorted[starts[keys[order[i]]]++] = order[i];
    }
    PyMem_Free(starts);
    return 0;
}

/* Fill the tape from the program; ``scratch`` has room for three numbers an instruction. */
static int lay_out(Tape *tape, const int32_t *codes, const int32_t *const args[3], int32_t code_count, int32_t *scratch) {
    int32_t size = tape->size, *levels = scratch, *order = scratch + size, *sorted = scratch + 2 * size;
    int32_t highest = find_levels(size, codes, args, code_count, levels);
    if (highest < 0) {
        return -1;
    }
    for (int32_t i = 0; i < size; i++) {
        sorted[i] = i;
    }
    if (counting_sort(size, codes, code_count, sorted, order) < 0 || counting_sort(size, levels, highest + 1, order, sorted) < 0) {
        return -1;
    }
    for (int32_t k = 0; k < size; k++) {
        tape->places[sorted[k]] = k;
    }
    int32_t *const slots[3] = {tape->first, tape->second, tape->third};
    tape->run_count = tape->leaf_count = 0;
    for (int32_t k = 0; k < size; k++) {
        int32_t i = sorted[k];
        for (int j = 0; j < 3; j++) {
            slots[j][k] = j < arity_of(codes[i]) ? tape->places[args[j][i]] : 0;
        }
        tape->leaf_count += codes[i] == LEAF;
        Run *last = tape->run_count ? &tape->runs[tape->run_count - 1] : NULL;
        if (last != NULL && last->code == codes[i] && levels[sorted[last->start]] == levels[i]) {
            last->stop = k + 1;
        } else {
            tape->runs[tape->run_count++] = (Run){codes[i], k, k + 1};
        }
    }
    return 0;
}

static PyObject *new_tape(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *given[4];
    static char *names[] = {"codes", "first", "second", "third", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOO:Tape", names, &given[0], &given[1], &given[2], &given[3])) {
        return NULL;
    }
    Py_buffer views[4];
    int open = 0;
    Tape *tape = NULL;
    int32_t *scratch = NULL;
    for (; open < 4; open++) {
        Py_ssize_t count = open == 0 ? -1 : views[0].len / 4;
        if (get_buffer(given[open], &views[open], count, 4, 0, names[open]) < 0) {
            goto failed;
        }
    }
    if (views[0].len / 4 > INT32_MAX / 4) {
        PyErr_SetString(PyExc_ValueError, "Tape: the program is too long");
        goto failed;
    }
    tape = (Tape *)type->tp_alloc(type, 0);
    if (tape == NULL) {
        goto failed;
    }
    tape->size = (int32_t)(views[0].len / 4);
    size_t size = tape->size ? (size_t)tape->size : 1;
    tape->first = PyMem_Calloc(size, sizeof(int32_t));
    tape->second = PyMem_Calloc(size, sizeof(int32_t));
    tape->third = PyMem_Calloc(size, sizeof(int32_t));
    tape->places = PyMem_Calloc(size, sizeof(int32_t));
    tape->runs = PyMem_Calloc(size, sizeof(Run));
    scratch = PyMem_Calloc(3 * size, sizeof(int32_t));
    if (!tape->first || !tape->second || !tape->third || !tape->places || !tape->runs || !scratch) {
        PyErr_NoMemory();
        goto failed;
    }
    const int32_t *const columns[3] = {views[1].buf, views[2].buf, views[3].buf};
    if (lay_out(tape, views[0].buf, columns, CODE_OF(ROW_COUNT, 0), scratch) < 0) {
        goto failed;
    }
    goto done;
failed:
    Py_CLEAR(tape);
done:
    PyMem_Free(scratch);
    while (open > 0) {
        PyBuffer_Release(&views[--open]);
    }
    return (PyObject *)tape;
}

/* With several lanes, four numbers at a time where the processor can: the loader chooses. The bits are the same, since no
   multiplication is fused with an addition. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
#define CLONED __attribute__((target_clones("avx2", "default")))
#else
#define CLONED
#endif

/* The numbers of different lanes are never in the same place, which the compiler cannot know. */
#if defined(__GNUC__) && !defined(__clang__)
#define INDEPENDENT_LANES _Pragma("GCC ivdep")
#else
#define INDEPENDENT_LANES
#endif

/* ---- Running it ----------------------------------------------------------------------------------------------------------- */

/* The body for every instruction of a run and every lane: i is where its numbers stand, a, b and c where those of its arguments do.
   With one lane there is no inner loop. */
#define FOR_EACH(body)                                                                                                          \
    if (lanes == 1) {                                                                                                           \
        for (int32_t k = run.start; k < run.stop; k++) {                                                                        \
            const Py_ssize_t i = k, a = tape->first[k], b = tape->second[k], c = tape->third[k];                                \
            (void)a, (void)b, (void)c;                                                                                          \
            body                                                                                                                \
        }                                                                                                                       \
    } else {                                                                                                                    \
        for (int32_t k = run.start; k < run.stop; k++) {                                                                        \
            const Py_ssize_t i0 = k * lanes, a0 = tape->first[k] * lanes, b0 = tape->second[k] * lanes, c0 = tape->third[k] * lanes; \
            INDEPENDENT_LANES                                                                                                   \
            for (Py_ssize_t lane = 0; lane < lanes; lane++) {                                                                   \
                const Py_ssize_t i = i0 + lane, a = a0 + lane, b = b0 + lane, c = c0 + lane;                                    \
                (void)a, (void)b, (void)c;                                                                                      \
                body                                                                                                            \
            }                                                                                                                   \
        }                                                                                                                       \
    }

/* The numbers of all instructions, from those of the leaves. */
CLONED static void compute_values(const Tape *tape, double *y, Py_ssize_t lanes) {
    for (int32_t r = 0; r < tape->run_count; r++) {
        const Run run = tape->runs[r];
        switch (run.code) {
        case COPY:
            FOR_EACH(y[i] = y[a];)
            break;
        case GREATER:
            FOR_EACH(y[i] = y[a] > y[b];)
            break;
        case GREATER_EQUAL:
            FOR_EACH(y[i] = y[a] >= y[b];)
            break;
        case LESS:
            FOR_EACH(y[i] = y[a] < y[b];)
            break;
        case LESS_EQUAL:
            FOR_EACH(y[i] = y[a] <= y[b];)
            break;
        case EQUAL:
            FOR_EACH(y[i] = y[a] == y[b];)
            break;
        case NOT_EQUAL:
            FOR_EACH(y[i] = y[a] != y[b];)
            break;
        case SELECT:
            FOR_EACH(y[i] = y[c] != 0.0 ? y[a] : y[b];)
            break;
#define X(row)                                 \
        case CODE_OF(ROW_##row, BOTH):         \
        case CODE_OF(ROW_##row, BY_FIRST):     \
        case CODE_OF(ROW_##row, BY_SECOND):    \
            FOR_EACH(y[i] = row##_of(y[a]).y;) \
            break;
            UNARY_ROWS(X)
#undef X
#define X(row)                                         \
        case CODE_OF(ROW_##row, BOTH):                 \
        case CODE_OF(ROW_##row, BY_FIRST):             \
        case CODE_OF(ROW_##row, BY_SECOND):            \
            FOR_EACH(y[i] = row##_both(y[a], y[b]).y;) \
            break;
            BINARY_ROWS(X)
#undef X
        default: /* leaves */
            break;
        }
    }
}

/* Below, partials are computed where they are used: storing them in the forward pass took twice as long with many lanes. */

/* Add the cotangent of every instruction to those of its arguments, from the last to the first. */
CLONED static void pull_back(const Tape *tape, double *g, const double *y, Py_ssize_t lanes) {
    for (int32_t r = tape->run_count - 1; r >= 0; r--) {
        const Run run = tape->runs[r];
        switch (run.code) {
        case SELECT:
            FOR_EACH(if (y[c] != 0.0) { g[a] += g[i]; } else { g[b] += g[i]; })
            break;
#define X(row)                                                      \
        case CODE_OF(ROW_##row, BOTH):                              \
        case CODE_OF(ROW_##row, BY_FIRST):                          \
        case CODE_OF(ROW_##row, BY_SECOND):                         \
            FOR_EACH(g[a] += g[i] * row##_slopes_of(y[i], y[a]).da;) \
            break;
            UNARY_ROWS(X)
#undef X
#define X(row)                                                                                                                    \
        case CODE_OF(ROW_##row, BOTH):                                                                                            \
            FOR_EACH(const Local slopes = row##_slopes_both(y[i], y[a], y[b]); g[a] += g[i] * slopes.da; g[b] += g[i] * slopes.db;) \
            break;                                                                                                                \
        case CODE_OF(ROW_##row, BY_FIRST):                                                                                        \
            FOR_EACH(g[a] += g[i] * row##_slopes_by_a(y[i], y[a], y[b]).da;)                                                      \
            break;                                                                                                                \
        case CODE_OF(ROW_##row, BY_SECOND):                                                                                       \
            FOR_EACH(g[b] += g[i] * row##_slopes_by_b(y[i], y[a], y[b]).db;)                                                      \
            break;
            BINARY_ROWS(X)
#undef X
        default: /* leaves, and what has no derivative */
            break;
        }
    }
}

/* The tangent of every instruction, from those of the leaves. */
CLONED static void push_forward(const Tape *tape, double *t, const double *y, Py_ssize_t lanes) {
    for (int32_t r = 0; r < tape->run_count; r++) {
        const Run run = tape->runs[r];
        switch (run.code) {
        case LEAF:
            break;
        case SELECT:
            FOR_EACH(t[i] = y[c] != 0.0 ? t[a] : t[b];)
            break;
#define X(row)                                                      \
        case CODE_OF(ROW_##row, BOTH):                              \
        case CODE_OF(ROW_##row, BY_FIRST):                          \
        case CODE_OF(ROW_##row, BY_SECOND):                         \
            FOR_EACH(t[i] = t[a] * row##_slopes_of(y[i], y[a]).da;) \
            break;
            UNARY_ROWS(X)
#undef X
#define X(row)                                                                                                                \
        case CODE_OF(ROW_##row, BOTH):                                                                                        \
            FOR_EACH(const Local slopes = row##_slopes_both(y[i], y[a], y[b]); t[i] = t[a] * slopes.da + t[b] * slopes.db;)   \
            break;                                                                                                            \
        case CODE_OF(ROW_##row, BY_FIRST):                                                                                    \
            FOR_EACH(t[i] = t[a] * row##_slopes_by_a(y[i], y[a], y[b]).da;)                                                   \
            break;                                                                                                            \
        case CODE_OF(ROW_##row, BY_SECOND):                                                                                   \
            FOR_EACH(t[i] = t[b] * row##_slopes_by_b(y[i], y[a], y[b]).db;)                                                   \
            break;
            BINARY_ROWS(X)
#undef X
        default: /* what has no derivative */
            FOR_EACH(t[i] = 0.0;)
            break;
        }
    }
}

/* Open one or two arrays of doubles, a number for every instruction and lane. */
static int open_arrays(Tape *tape, PyObject *const *args, Py_ssize_t given, Py_ssize_t count, Py_buffer *views, Py_ssize_t *lanes,
                       const char *call) {
    if (given != count + 1) {
        PyErr_Format(PyExc_TypeError, "Tape.%s() takes %zd arrays and the number of lanes", call, count);
        return -1;
    }
    *lanes = PyLong_AsSsize_t(args[count]);
    if (*lanes < 1 || *lanes > PY_SSIZE_T_MAX / 8 / (tape->size + 1)) {
        if (!PyErr_Occurred()) {
            PyErr_Format(PyExc_ValueError, "Tape.%s(): there cannot be %zd lanes", call, *lanes);
        }
        return -1;
    }
    for (Py_ssize_t open = 0; open < count; open++) {
        if (get_buffer(args[open], &views[open], tape->size * *lanes, 8, open == 0 ? PyBUF_WRITABLE : 0, call) < 0) {
            if (open) {
                PyBuffer_Release(&views[0]);
            }
            return -1;
        }
    }
    return 0;
}

static PyObject *tape_value(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    Tape *tape = (Tape *)self;
    Py_buffer view;
    Py_ssize_t lanes;
    if (open_arrays(tape, args, count, 1, &view, &lanes, "value") < 0) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    compute_values(tape, view.buf, lanes);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    Py_RETURN_NONE;
}

typedef void (*Walk)(const Tape *tape, double *derivatives, const double *y, Py_ssize_t lanes);

static PyObject *run_walk(PyObject *self, PyObject *const *args, Py_ssize_t count, Walk walk, const char *call) {
    Tape *tape = (Tape *)self;
    Py_buffer views[2];
    Py_ssize_t lanes;
    if (open_arrays(tape, args, count, 2, views, &lanes, call) < 0) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    walk(tape, views[0].buf, views[1].buf, lanes);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&views[0]);
    PyBuffer_Release(&views[1]);
    Py_RETURN_NONE;
}

static PyObject *tape_pull_back(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    return run_walk(self, args, count, pull_back, "pull_back");
}

static PyObject *tape_push_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    return run_walk(self, args, count, push_forward, "push_forward");
}

static PyObject *tape_places(PyObject *self, void *unused) {
    Tape *tape = (Tape *)self;
    return PyBytes_FromStringAndSize((const char *)tape->places, (Py_ssize_t)tape->size * 4);
}

static PyObject *tape_runs(PyObject *self, void *unused) { return PyLong_FromLong(((Tape *)self)->run_count); }

static PyGetSetDef tape_attributes[] = {
    {"places", tape_places, NULL, "Where the instructions of the program stand on the tape: int32 numbers as bytes.", NULL},
    {"runs", tape_runs, NULL, "How many runs of instructions that are alike there are.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef tape_methods[] = {
    {"value", (PyCFunction)(void (*)(void))tape_value, METH_FASTCALL, "value(y, lanes): compute y, in which the leaves are set"},
    {"pull_back", (PyCFunction)(void (*)(void))tape_pull_back, METH_FASTCALL, "pull_back(g, y, lanes): add up cotangents in g"},
    {"push_forward", (PyCFunction)(void (*)(void))tape_push_forward, METH_FASTCALL, "push_forward(t, y, lanes): compute tangents in t"},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot tape_slots[] = {
    {Py_tp_doc, "Tape(codes, first, second, third): a program of numbers, an instruction a place, its arguments before it."},
    {Py_tp_new, new_tape},
    {Py_tp_dealloc, dealloc_tape},
    {Py_tp_getset, tape_attributes},
    {Py_tp_methods, tape_methods},
    {0, NULL},
};

static PyType_Spec tape_spec = {"autograd.native._engine.Tape", sizeof(Tape), 0, Py_TPFLAGS_DEFAULT, tape_slots};

/* The codes by name: those of a row for each of its cases. */
static PyObject *make_codes(void) {
    PyObject *codes = PyDict_New();
    for (int code = 0; codes != NULL && code < FIRST_ROW; code++) {
        PyObject *x = PyLong_FromLong(code);
        if (x == NULL || PyDict_SetItemString(codes, plain_names[code], x) < 0) {
            Py_CLEAR(codes);
        }
        Py_XDECREF(x);
    }
    for (int row = 0; codes != NULL && row < ROW_COUNT; row++) {
        PyObject *x = PyLong_FromLong(CODE_OF(row, BOTH));
        if (x == NULL || PyDict_SetItemString(codes, row_names[row], x) < 0) {
            Py_CLEAR(codes);
        }
        Py_XDECREF(x);
    }
    return codes;
}

int add_tape(PyObject *module) {
    PyObject *type = PyType_FromSpec(&tape_spec), *codes = make_codes();
    int failed = type == NULL || codes == NULL || PyModule_AddObjectRef(module, "Tape", type) < 0 ||
                 PyModule_AddObjectRef(module, "TAPE_CODES", codes) < 0;
    Py_XDECREF(type);
    Py_XDECREF(codes);
    return failed ? -1 : 0;
}
