/* Tensors: how an operation on arrays is recorded, and how a cotangent is passed on to its arguments.

   The twins in Python are Tensor.record, propagate_grad and accumulate_grad (autograd/core/tensor.py). What is not plain, such as an
   argument that is no node, a cotangent in another shape or an open block, is handed to them. */

#include "arithmetic.h"
#include "node.h"

#include <structmember.h>

#define MOST_ARGS 8 /* and as many settings; an operation that has more is recorded in Python */

/* How NumPy's arrays begin. The layout is public, since NumPy's own macros read it; register_tensor() compares it with an array. */
typedef struct {
    PyObject_HEAD
    char *data;
    int ndim;
    Py_ssize_t *shape, *strides;
    PyObject *base;
    PyObject *dtype;
} Array;

typedef struct {
    PyObject_HEAD
    PyTypeObject *typeobj;
    char kind; /* as in ``dtype.kind`` */
} Descr;

INLINE int holds_complex(PyObject *array) { return ((Descr *)((Array *)array)->dtype)->kind == 'c'; }

static PyTypeObject *array_type, *number_type; /* ndarray and float64 */
static PyObject *number_dtype;
static PyObject *backend;                      /* ARRAY: what a row gets as ``xp`` */
static PyObject *as_array, *copy_of, *empty;   /* np.asarray, np.array, np.empty */
static PyObject *to_constant;                  /* what a graph keeps of a plain array */
static PyObject *sum_of_rows;                  /* the backend's sum over the first axis */
static PyObject *error_state, *ignored_errors; /* NumPy's context variable, and its value for errors that are ignored */
static PyObject *record_in_python;
static PyObject *unrecorded; /* when a constant was made, as far as it matters */
static PyObject *name_f, *name_name, *name_partials, *name_vjp, *name_vjp_allocates, *name_accumulate_cotangent, *name_accumulate_grad, *name_freeze_data;

/* Who else refers to the array of a Tensor: autograd/core/tensor.py says what these stand for. */
enum { OWN, RECORDED, EXPOSED, CONSTANT, FILLED, STATE_COUNT };
static PyObject *states[STATE_COUNT];
static Py_ssize_t state_offset;

INLINE PyObject **state_of(PyObject *tensor) { return (PyObject **)((char *)tensor + state_offset); }

static PyObject *get_array(PyObject *tensor) {
    PyObject *array = kind_of((Node *)tensor, PRIMAL) == OBJECT ? ((Node *)tensor)->slots[PRIMAL].object : NULL;
    return array != NULL && Py_TYPE(array) == array_type ? array : NULL;
}

/* A Tensor that the collector does not see, as Values are not; the caller, or set_slot(), shows it if a cycle may lead through it. */
static PyObject *alloc_tensor(PyTypeObject *type, Py_ssize_t size) {
    PyObject *self = PyType_GenericAlloc(type, size);
    if (self != NULL) {
        PyObject_GC_UnTrack(self);
    }
    return self;
}

/* ---- Recording --------------------------------------------------------------------------------------------------------- */

/* What an operation is called with: the backend, the arrays and the settings; and what its node keeps. */
typedef struct {
    PyObject *stack[1 + 2 * MOST_ARGS]; /* borrowed: ``owned`` and the settings hold them */
    PyObject *owned[MOST_ARGS];
    PyObject *kept[MOST_ARGS]; /* borrowed likewise */
    Py_ssize_t count;
    int has_edges, keeps_args, is_in_cycle;
} Call;

static void release_call(Call *call) {
    for (Py_ssize_t i = 0; i < call->count; i++) {
        Py_DECREF(call->owned[i]);
    }
}

/* The array of a Tensor for a graph to keep, as a new reference. NULL without an error if it is left to Python. */
static PyObject *array_to_keep(PyObject *tensor) {
    PyObject *state = *state_of(tensor);
    if (state != states[RECORDED] && state != states[CONSTANT]) {
        if (state == states[OWN] && Py_TYPE(tensor) == engine.tensor_type) {
            Py_SETREF(*state_of(tensor), Py_NewRef(states[RECORDED]));
        } else {
            return PyObject_CallMethodNoArgs(tensor, name_freeze_data);
        }
    }
    return Py_XNewRef(get_array(tensor));
}

/* Appends an argument; 0 if it is left to Python, -1 with an error. */
static int take_arg(Call *call, PyObject *arg, PyObject *op) {
    PyObject *array, *kept = arg;
    if (Py_TYPE(arg) == engine.tensor_type || PyType_IsSubtype(Py_TYPE(arg), engine.tensor_type)) {
        int is_constant = *state_of(arg) == states[CONSTANT];
        if (*state_of(arg) == states[FILLED]) {
            return 0; /* Python records its present version */
        }
        array = array_to_keep(arg);
        kept = is_constant ? array : arg;
        call->has_edges |= !is_constant;
    } else if (PyFloat_CheckExact(arg)) {
        array = Py_NewRef(arg);
    } else if (PyLong_CheckExact(arg)) {
        double number = PyLong_AsDouble(arg);
        if (number == -1.0 && PyErr_Occurred()) {
            PyErr_Clear(); /* Python says what is wrong with it */
            return 0;
        }
        array = kept = PyFloat_FromDouble(number);
    } else if (is_node(arg)) { /* a Value */
        array = get_slot((Node *)arg, PRIMAL);
        call->has_edges = 1;
    } else if (Py_TYPE(arg) == array_type) {
        PyObject *name = PyObject_GetAttr(op, name_name);
        PyObject *stack[] = {arg, name};
        array = kept = name == NULL ? NULL : PyObject_Vectorcall(to_constant, stack, 2, NULL);
        Py_XDECREF(name);
    } else {
        return 0;
    }
    if (array == NULL) {
        return PyErr_Occurred() ? -1 : 0;
    }
    if (Py_TYPE(array) == array_type && holds_complex(array)) {
        Py_DECREF(array);
        return 0; /* Python knows which rows hold on complex numbers */
    }
    call->is_in_cycle |= is_node(kept) && PyObject_GC_IsTracked(kept);
    call->keeps_args &= kept == arg;
    call->kept[call->count] = kept;
    call->owned[call->count] = call->stack[1 + call->count] = array;
    call->count++;
    return 1;
}

/* Calls ``op.f(ARRAY, *arrays, **settings)`` by the rules of IEEE 754, without warnings. */
static PyObject *evaluate(Call *call, PyObject *op, PyObject *settings) {
    PyObject *key, *setting, *names = NULL;
    Py_ssize_t count = PyDict_GET_SIZE(settings), position = 0, i = 0;
    if (count > 0 && (names = PyTuple_New(count)) == NULL) {
        return NULL;
    }
    while (PyDict_Next(settings, &position, &key, &setting)) {
        call->is_in_cycle |= PyObject_IS_GC(setting) && !PyTuple_CheckExact(setting) && !PySlice_Check(setting);
        PyTuple_SET_ITEM(names, i, Py_NewRef(key));
        call->stack[1 + call->count + i++] = setting;
    }
    PyObject *f = PyObject_GetAttr(op, name_f), *token = f == NULL ? NULL : PyContextVar_Set(error_state, ignored_errors);
    PyObject *data = NULL;
    if (token != NULL) {
        PyObject *type, *value, *traceback;
        data = PyObject_Vectorcall(f, call->stack, 1 + call->count, names);
        PyErr_Fetch(&type, &value, &traceback);
        if (PyContextVar_Reset(error_state, token) < 0) {
            Py_CLEAR(data);
        }
        if (type != NULL) {
            PyErr_Restore(type, value, traceback);
        }
    }
    if (data != NULL && Py_TYPE(data) != array_type) {
        Py_SETREF(data, PyObject_CallOneArg(as_array, data));
    }
    Py_XDECREF(token);
    Py_XDECREF(f);
    Py_XDECREF(names);
    return data;
}

static PyObject *new_tuple(PyObject *const *items, Py_ssize_t count) {
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(items[i]));
    }
    return tuple;
}

static void hide(PyObject *tuple) {
    if (PyObject_GC_IsTracked(tuple)) {
        PyObject_GC_UnTrack(tuple);
    }
}

/* The node of a result; takes over the reference to the data. */
static PyObject *new_node(Call *call, PyObject *op, PyObject *args, PyObject *settings, PyObject *data) {
    PyObject *out = alloc_tensor(engine.tensor_type, 0);
    if (out == NULL) {
        Py_DECREF(data);
        return NULL;
    }
    Node *node = (Node *)out;
    node->stamp = engine.clock_now;
    node->slots[PRIMAL].object = data;
    node->slots[GRAD].number = 0.0;
    node->kinds = KIND(PRIMAL, OBJECT) | KIND(GRAD, NUMBER);
    *state_of(out) = Py_NewRef(states[call->has_edges ? RECORDED : CONSTANT]);
    if (!call->has_edges) {
        set_slot(node, RIGHT, unrecorded);
        return out;
    }
    PyObject *kept = call->keeps_args ? Py_NewRef(args) : new_tuple(call->kept, call->count);
    PyObject *arrays = new_tuple(call->stack + 1, call->count);
    if (kept == NULL || arrays == NULL) {
        Py_XDECREF(kept);
        Py_XDECREF(arrays);
        Py_DECREF(out);
        return NULL;
    }
    node->op = Py_NewRef(op);
    node->slots[LEFT].object = kept;
    node->slots[RIGHT].object = Py_NewRef(settings);
    node->slots[DLEFT].object = Py_NewRef(engine.packed);
    node->slots[DRIGHT].object = arrays;
    node->kinds |= KIND(LEFT, OBJECT) | KIND(RIGHT, OBJECT) | KIND(DLEFT, OBJECT) | KIND(DRIGHT, OBJECT);
    hide(arrays);
    hide(kept);
    if (call->is_in_cycle) {
        track(node);
    }
    return out;
}

/* The node of an operation on Tensors and numbers, or NULL without an error if it is left to Python. */
static PyObject *record_plainly(PyObject *op, PyObject *args, PyObject *settings) {
    Call call = {.stack = {backend}, .keeps_args = 1};
    int taken = 1;
    for (Py_ssize_t i = 0; taken > 0 && i < PyTuple_GET_SIZE(args); i++) {
        taken = take_arg(&call, PyTuple_GET_ITEM(args, i), op);
    }
    PyObject *out = NULL, *data = taken > 0 ? evaluate(&call, op, settings) : NULL;
    if (data != NULL) {
        out = new_node(&call, op, args, settings, data);
    } else if (PyErr_Occurred() && (PyErr_ExceptionMatches(PyExc_ValueError) || PyErr_ExceptionMatches(PyExc_IndexError))) {
        PyErr_Clear(); /* Python says which shapes do not fit */
    }
    release_call(&call);
    return out;
}

static PyObject *record(PyObject *module, PyObject *const *given, Py_ssize_t count) {
    if (count == 3 && !engine.blocks_open && PyTuple_CheckExact(given[1]) && PyTuple_GET_SIZE(given[1]) <= MOST_ARGS &&
        PyDict_CheckExact(given[2]) && PyDict_GET_SIZE(given[2]) <= MOST_ARGS) {
        PyObject *out = record_plainly(given[0], given[1], given[2]);
        if (LIKELY(out != NULL) || PyErr_Occurred()) {
            return out;
        }
    }
    return PyObject_Vectorcall(record_in_python, given, count, NULL);
}

/* ---- Cotangents ---------------------------------------------------------------------------------------------------------- */

/* Whether a cotangent has the shape and the type of an array. */
static int fits(PyObject *cotangent, Array *array) {
    if (Py_TYPE(cotangent) == number_type) {
        return array->ndim == 0 && array->dtype == number_dtype;
    }
    Array *c = (Array *)cotangent;
    int is_equal = Py_TYPE(cotangent) == array_type && c->ndim == array->ndim && c->dtype == array->dtype;
    for (int i = 0; is_equal && i < array->ndim; i++) {
        is_equal = c->shape[i] == array->shape[i];
    }
    return is_equal;
}

/* Whether a cotangent is that of a batch: one more axis at the front than the array, which was repeated along it. */
static int is_batch_of(PyObject *cotangent, Array *array) {
    Array *c = (Array *)cotangent;
    int is_batch = Py_TYPE(cotangent) == array_type && c->ndim == array->ndim + 1 && c->dtype == array->dtype;
    for (int i = 0; is_batch && i < array->ndim; i++) {
        is_batch = c->shape[i + 1] == array->shape[i];
    }
    return is_batch;
}

/* Adds a cotangent to the gradient of an argument of ``op``; ``is_fresh`` says that nobody else keeps it. */
static int accumulate(PyObject *arg, PyObject *cotangent, PyObject *op, int is_fresh) {
    Node *node = (Node *)arg;
    PyObject *array = Py_TYPE(arg) == engine.tensor_type ? get_array(arg) : NULL;
    PyObject *sum;
    if (array != NULL && is_batch_of(cotangent, (Array *)array)) {
        sum = PyObject_CallOneArg(sum_of_rows, cotangent);
        int failed = sum == NULL || accumulate(arg, sum, op, 1) < 0;
        Py_XDECREF(sum);
        return failed ? -1 : 0;
    }
    if (array == NULL || kind_of(node, GRAD) == NONE || !fits(cotangent, (Array *)array)) {
        PyObject *stack[] = {arg, cotangent, op, is_fresh ? Py_True : Py_False};
        sum = PyObject_VectorcallMethod(name_accumulate_grad, stack, 4, NULL);
        Py_XDECREF(sum);
        return sum == NULL ? -1 : 0;
    }
    if (kind_of(node, GRAD) == OBJECT) {
        sum = PyNumber_Add(node->slots[GRAD].object, cotangent);
    } else if (node->op == NULL && !is_fresh) {
        sum = PyObject_CallOneArg(copy_of, cotangent);
    } else {
        sum = Py_NewRef(cotangent);
    }
    if (sum == NULL) {
        return -1;
    }
    set_slot(node, GRAD, sum);
    Py_DECREF(sum);
    return 0;
}

/* ---- Partials that are arithmetic, entry by entry ------------------------------------------------------------------------- */

enum { READS_Y = 1, READS_A = 2, READS_B = 4, IS_ONE = 8 };

/* Computes ``out = g * partial(y, a, b)`` for each entry. */
typedef void (*Pull)(const double *g, const double *y, const double *a, const double *b, double *out, Py_ssize_t count);

#define X(row, arg, place, reads)                                                                                                       \
    static void pull_##row##_##arg(const double *g, const double *y, const double *a, const double *b, double *out, Py_ssize_t count) { \
        for (Py_ssize_t i = 0; i < count; i++) {                                                                                        \
            out[i] = g[i] * row##_partial_##arg(y[i], a[i], b[i]);                                                                      \
        }                                                                                                                               \
    }
ENTRYWISE_PARTIALS(X)
#undef X

typedef struct {
    Pull pull;
    int reads; /* which arrays the partial reads, or that it is 1 */
} Partial;

static const Partial partials[ROW_COUNT][2] = {
#define X(row, arg, place, reads) [ROW_##row][place] = {pull_##row##_##arg, reads},
    ENTRYWISE_PARTIALS(X)
#undef X
#define X(row, place) [ROW_##row][place] = {NULL, IS_ONE},
    PARTIALS_OF_ONE(X)
#undef X
};

/* The partials of an operation that is written in C; NULL, perhaps with an error, if it is not or was given others since. */
static const Partial *partials_of(PyObject *op) {
    for (int row = 0; row < ROW_COUNT; row++) {
        if (rows[row] == op) {
            PyObject *now = PyObject_GetAttr(op, name_partials);
            Py_XDECREF(now);
            return now == row_partials[row] ? partials[row] : NULL;
        }
    }
    return NULL;
}

#define ENTRIES_WITHOUT_LOCK (1 << 16) /* from about 50 microseconds on, other threads run meanwhile */

/* The entries of an array of float64 without gaps, in the shape of ``like``; NULL if it is anything else. */
static const double *entries_of(PyObject *x, Array *like) {
    Array *array = (Array *)x;
    if (Py_TYPE(x) != array_type || array->dtype != number_dtype || array->ndim != like->ndim || (uintptr_t)array->data % sizeof(double) != 0) {
        return NULL;
    }
    Py_ssize_t step = sizeof(double);
    for (int i = array->ndim - 1; i >= 0; i--) {
        if (array->shape[i] != like->shape[i] || array->strides[i] != step) {
            return NULL;
        }
        step *= array->shape[i];
    }
    return (const double *)array->data;
}

/* A new array of float64 in the shape of ``like``. */
static PyObject *new_array(Array *like) {
    PyObject *shape = PyTuple_New(like->ndim), *array;
    for (int i = 0; shape != NULL && i < like->ndim; i++) {
        PyObject *length = PyLong_FromSsize_t(like->shape[i]);
        if (length == NULL) {
            Py_CLEAR(shape);
        } else {
            PyTuple_SET_ITEM(shape, i, length);
        }
    }
    array = shape == NULL ? NULL : PyObject_CallOneArg(empty, shape);
    Py_XDECREF(shape);
    return array;
}

static Py_ssize_t count_entries(Array *array) {
    Py_ssize_t count = 1;
    for (int i = 0; i < array->ndim; i++) {
        count *= array->shape[i];
    }
    return count;
}

/* ``g`` times a partial as a new array. NULL without an error if it is left to Python. */
static PyObject *pull_entries(const Partial *partial, PyObject *g, PyObject *y, PyObject *arrays) {
    Array *like = (Array *)g;
    const double *from = partial->pull != NULL && Py_TYPE(g) == array_type ? entries_of(g, like) : NULL;
    const double *read[] = {from, from, from}; /* of what is not read, something that may be */
    for (int i = 0; from != NULL && i < 3; i++) {
        if (partial->reads & 1 << i) {
            PyObject *x = i == 0 ? y : PyTuple_CheckExact(arrays) && PyTuple_GET_SIZE(arrays) >= i ? PyTuple_GET_ITEM(arrays, i - 1) : Py_None;
            from = read[i] = entries_of(x, like);
        }
    }
    PyObject *out = from == NULL ? NULL : new_array(like);
    if (out != NULL) {
        double *to = (double *)((Array *)out)->data;
        Py_ssize_t count = count_entries(like);
        from = (const double *)like->data;
        if (count < ENTRIES_WITHOUT_LOCK) {
            partial->pull(from, read[0], read[1], read[2], to, count);
        } else {
            Py_BEGIN_ALLOW_THREADS partial->pull(from, read[0], read[1], read[2], to, count);
            Py_END_ALLOW_THREADS
        }
    }
    return out;
}

/* The cotangent of argument ``i``: by a partial in C, or by ``op.vjp``. */
static PyObject *cotangent_of(Py_ssize_t i, const Partial *own_partials, PyObject *op, PyObject *g, PyObject *y, PyObject *arrays, PyObject *settings) {
    if (own_partials != NULL && i < 2) {
        PyObject *cotangent = own_partials[i].reads == IS_ONE ? Py_NewRef(g) : pull_entries(&own_partials[i], g, y, arrays);
        if (cotangent != NULL || PyErr_Occurred()) {
            return cotangent;
        }
    }
    PyObject *place = PyLong_FromSsize_t(i), *stack[] = {op, backend, place, g, y, arrays, settings};
    PyObject *cotangent = place == NULL ? NULL : PyObject_VectorcallMethod(name_vjp, stack, 7, NULL);
    Py_XDECREF(place);
    return cotangent;
}

static int get_flag(PyObject *x, PyObject *name) {
    PyObject *flag = PyObject_GetAttr(x, name);
    int is_true = flag == NULL ? -1 : PyObject_IsTrue(flag);
    Py_XDECREF(flag);
    return is_true;
}

/* What propagate() of engine.c asks: 1 if the gradient of a node was passed on here, 0 if Python has to do it, -1 with an error. */
int propagate_tensor(Node *node) {
    if (engine.tensor_type == NULL || Py_TYPE(node) != engine.tensor_type || node->op == NULL || kind_of(node, LEFT) != OBJECT ||
        !PyTuple_CheckExact(node->slots[LEFT].object)) {
        return 0;
    }
    PyObject *parts = PyObject_GetAttr(node->op, name_accumulate_cotangent);
    Py_XDECREF(parts);
    if (parts != Py_None) {
        return parts == NULL ? -1 : 0;
    }
    PyObject *op = Py_NewRef(node->op), *args = Py_NewRef(node->slots[LEFT].object);
    PyObject *g = get_slot(node, GRAD), *y = get_slot(node, PRIMAL), *arrays = get_slot(node, DRIGHT), *settings = get_slot(node, RIGHT);
    const Partial *own_partials = partials_of(op);
    int allocates = PyErr_Occurred() ? -1 : get_flag(op, name_vjp_allocates), failed = g == NULL || y == NULL || arrays == NULL || settings == NULL || allocates < 0;
    for (Py_ssize_t i = 0; !failed && i < PyTuple_GET_SIZE(args); i++) {
        PyObject *arg = PyTuple_GET_ITEM(args, i);
        if (is_node(arg)) {
            PyObject *cotangent = cotangent_of(i, own_partials, op, g, y, arrays, settings);
            failed = cotangent == NULL || accumulate(arg, cotangent, op, allocates && cotangent != g) < 0;
            Py_XDECREF(cotangent);
        }
    }
    Py_DECREF(op);
    Py_DECREF(args);
    Py_XDECREF(g);
    Py_XDECREF(y);
    Py_XDECREF(arrays);
    Py_XDECREF(settings);
    return failed ? -1 : 1;
}

/* ---- The module ---------------------------------------------------------------------------------------------------------- */

/* Whether NumPy's arrays begin as this file expects: ``probe`` is zeros of shape (2, 3). */
static int has_known_layout(PyObject *probe, PyObject *dtype) {
    Array *array = (Array *)probe;
    return (size_t)Py_TYPE(probe)->tp_basicsize >= sizeof(Array) && array->ndim == 2 && array->dtype == dtype && array->base == NULL &&
           array->shape[0] == 2 && array->shape[1] == 3 && ((Descr *)dtype)->kind == 'f';
}

static PyObject *register_tensor(PyObject *module, PyObject *args) {
    PyObject *type, *probe, *number, *given_backend, *asarray, *copy, *given_empty, *constant, *variable, *ignored, *fallback, *constant_clock, *own_states, *member;
    if (!PyArg_ParseTuple(args, "O!OOOOOOOOOOOO!:register_tensor", &PyType_Type, &type, &probe, &number, &given_backend, &asarray, &copy, &given_empty, &constant,
                          &variable, &ignored, &fallback, &constant_clock, &PyTuple_Type, &own_states)) {
        return NULL;
    }
    PyTypeObject *tensor = (PyTypeObject *)type;
    if (!PyType_IsSubtype(tensor, engine.base_node_type) || engine.tensor_type != NULL || PyTuple_GET_SIZE(own_states) != STATE_COUNT ||
        (member = PyDict_GetItemString(tensor->tp_dict, "_state")) == NULL || Py_TYPE(member) != &PyMemberDescr_Type) {
        return PyErr_Format(PyExc_TypeError, "register_tensor() takes one class, once: a BaseNode with a slot _state");
    }
    PyObject *dtype = PyObject_GetAttrString(probe, "dtype"), *sum = PyObject_GetAttrString(given_backend, "sum_of_rows");
    if (dtype == NULL || sum == NULL) {
        Py_XDECREF(dtype);
        Py_XDECREF(sum);
        return NULL;
    }
    if (!has_known_layout(probe, dtype) || !PyContextVar_CheckExact(variable)) {
        Py_DECREF(dtype);
        Py_DECREF(sum);
        Py_RETURN_FALSE;
    }
    number_dtype = dtype;
    array_type = (PyTypeObject *)Py_NewRef(Py_TYPE(probe));
    number_type = (PyTypeObject *)Py_NewRef(Py_TYPE(number));
    backend = Py_NewRef(given_backend);
    sum_of_rows = sum;
    as_array = Py_NewRef(asarray);
    copy_of = Py_NewRef(copy);
    empty = Py_NewRef(given_empty);
    to_constant = Py_NewRef(constant);
    error_state = Py_NewRef(variable);
    ignored_errors = Py_NewRef(ignored);
    record_in_python = Py_NewRef(fallback);
    unrecorded = Py_NewRef(constant_clock);
    for (int i = 0; i < STATE_COUNT; i++) {
        states[i] = Py_NewRef(PyTuple_GET_ITEM(own_states, i));
    }
    state_offset = ((PyMemberDescrObject *)member)->d_member->offset;
    engine.tensor_type = (PyTypeObject *)Py_NewRef(tensor);
    tensor->tp_alloc = alloc_tensor;
    Py_RETURN_TRUE;
}

static PyMethodDef functions[] = {
    {"record", (PyCFunction)(void (*)(void))record, METH_FASTCALL, "record(op, args, static): the Tensor that an operation makes"},
    {"register_tensor", register_tensor, METH_VARARGS, "register_tensor(Tensor, …) -> whether NumPy's arrays are known here"},
    {NULL, NULL, 0, NULL},
};

int add_tensors(PyObject *module) {
    struct {
        PyObject **place;
        const char *text;
    } names[] = {
        {&name_f, "f"},
        {&name_name, "name"},
        {&name_vjp, "vjp"},
        {&name_partials, "partials"},
        {&name_vjp_allocates, "vjp_allocates"},
        {&name_accumulate_cotangent, "accumulate_cotangent"},
        {&name_accumulate_grad, "accumulate_grad"},
        {&name_freeze_data, "freeze_data"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if ((*names[i].place = PyUnicode_InternFromString(names[i].text)) == NULL) {
            return -1;
        }
    }
    return PyModule_AddFunctions(module, functions);
}
