/* The native engine: how a node is stored, the scalar operations, the topological order and the backward pass.

   Everything here has a twin in Python (autograd/core/base_node.py, core/scalar_methods.py, graph/), and gives equal bits. Whatever is
   not a plain number, a plain Value or a plain float operation is handed to the Python method ("fallback") of the same name.

   Sections: memory | the type of nodes | operations | attributes of Value | walks | the module. */

#include "slabs.h"

#include "arithmetic.h"

Engine engine;

/* ---- Memory: graphs of any depth are freed through a queue, without recursion ---------------------------------------- */

/* Whether nodes are in slabs. If not, as under a sanitizer, each is an allocation of its own. */
#ifdef NO_SLABS
#define HAS_SLABS 0
#else
static int has_slabs;
#define HAS_SLABS has_slabs
#endif

static Node *waiting_nodes;
static int is_draining;

/* A Value whose slots hold garbage, unknown to the collector: the caller fills it. */
INLINE Node *allocate_value(void) {
    if (!LIKELY(HAS_SLABS)) {
        return PyObject_GC_New(Node, engine.value_type);
    }
    Node *node = take_node();
    return node == NULL ? NULL : (Node *)PyObject_Init((PyObject *)node, engine.value_type);
}

INLINE void make_blank(Node *node) {
    node->op = node->metadata = NULL;
    node->kinds = 0;
    node->stamp = 0;
}

static void clear_slots(Node *node) {
    uint32_t kinds = node->kinds;
    PyObject *op = node->op, *metadata = node->metadata;
    PyObject *objects[SLOT_COUNT];
    int count = 0;
    for (enum slot slot = LEFT; slot < SLOT_COUNT; slot++) {
        if ((kinds >> (2 * slot) & 3u) == OBJECT) {
            objects[count++] = node->slots[slot].object;
        }
    }
    node->op = node->metadata = NULL;
    node->kinds = 0;
    while (count > 0) {
        Py_DECREF(objects[--count]);
    }
    Py_XDECREF(op);
    Py_XDECREF(metadata);
}

static void release_value(Node *node) {
    clear_slots(node);
    if (LIKELY(HAS_SLABS)) {
        give_back(node);
    } else {
        PyObject_GC_Del(node);
    }
    Py_DECREF(engine.value_type);
}

static void dealloc_node(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear_slots((Node *)self);
    type->tp_free(self);
    Py_DECREF(type);
}

static void dealloc_value(PyObject *self) {
    if (!is_exactly_value(self)) { /* a subclass, whose own dealloc has led here */
        dealloc_node(self);
        return;
    }
    Node *node = (Node *)self;
    PyObject_GC_UnTrack(self);
    node->stamp = (intptr_t)waiting_nodes;
    waiting_nodes = node;
    if (is_draining) {
        return;
    }
    is_draining = 1;
    while (waiting_nodes != NULL) {
        node = waiting_nodes;
        waiting_nodes = next_of(node);
        release_value(node);
    }
    is_draining = 0;
}

static PyObject *alloc_value(PyTypeObject *type, Py_ssize_t size) {
    (void)type, (void)size;
    Node *node = allocate_value();
    if (node != NULL) {
        make_blank(node);
    }
    return (PyObject *)node;
}

/* ---- The type of nodes: what autograd/core/base_node.py declares as slots ---------------------------------------------- */

static int traverse_node(PyObject *self, visitproc visit, void *arg) {
    Node *node = (Node *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(node->op);
    Py_VISIT(node->metadata);
    for (enum slot slot = LEFT; slot < SLOT_COUNT; slot++) {
        if (kind_of(node, slot) == OBJECT) {
            Py_VISIT(node->slots[slot].object);
        }
    }
    return 0;
}

static int clear_node(PyObject *self) {
    clear_slots((Node *)self);
    return 0;
}

static int refuse_deletion(PyObject *x) {
    if (x == NULL) {
        PyErr_SetString(PyExc_AttributeError, "the slots of a node cannot be deleted");
    }
    return x == NULL;
}

static PyObject *slot_getter(PyObject *self, void *slot) { return get_slot((Node *)self, (enum slot)(intptr_t)slot); }

static int slot_setter(PyObject *self, PyObject *x, void *slot) {
    if (refuse_deletion(x)) {
        return -1;
    }
    set_slot((Node *)self, (enum slot)(intptr_t)slot, x);
    return 0;
}

static PyObject *get_op(PyObject *self, void *unused) {
    PyObject *op = ((Node *)self)->op;
    return Py_NewRef(op == NULL ? Py_None : op);
}

static int set_op(PyObject *self, PyObject *x, void *unused) {
    if (refuse_deletion(x)) {
        return -1;
    }
    Py_XSETREF(((Node *)self)->op, x == Py_None ? NULL : Py_NewRef(x));
    return 0;
}

static PyObject *get_metadata(PyObject *self, void *unused) {
    PyObject *metadata = ((Node *)self)->metadata;
    return Py_NewRef(metadata == NULL ? Py_None : metadata);
}

static int set_metadata(PyObject *self, PyObject *x, void *unused) {
    Node *node = (Node *)self;
    if (refuse_deletion(x)) {
        return -1;
    }
    node->kinds &= ~EDITED;
    Py_XSETREF(node->metadata, x == Py_None ? NULL : Py_NewRef(x));
    return 0;
}

static PyObject *get_stamp(PyObject *self, void *unused) { return PyLong_FromLongLong(((Node *)self)->stamp); }

static int set_stamp(PyObject *self, PyObject *x, void *unused) {
    if (refuse_deletion(x)) {
        return -1;
    }
    long long stamp = PyLong_AsLongLong(x);
    if (stamp == -1 && PyErr_Occurred()) {
        return -1;
    }
    ((Node *)self)->stamp = stamp;
    return 0;
}

static PyGetSetDef node_attributes[] = {
    {"op", get_op, set_op, NULL, NULL},
    {"left", slot_getter, slot_setter, NULL, (void *)LEFT},
    {"right", slot_getter, slot_setter, NULL, (void *)RIGHT},
    {"dleft", slot_getter, slot_setter, NULL, (void *)DLEFT},
    {"dright", slot_getter, slot_setter, NULL, (void *)DRIGHT},
    {"_primal", slot_getter, slot_setter, NULL, (void *)PRIMAL},
    {"_grad", slot_getter, slot_setter, NULL, (void *)GRAD},
    {"metadata", get_metadata, set_metadata, NULL, NULL},
    {"stamp", get_stamp, set_stamp, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot base_node_slots[] = {
    {Py_tp_doc, "The memory of a node: its operation, arguments, local derivatives, number, gradient, metadata and visit stamp."},
    {Py_tp_dealloc, dealloc_node},
    {Py_tp_traverse, traverse_node},
    {Py_tp_clear, clear_node},
    {Py_tp_getset, node_attributes},
    {0, NULL},
};

static PyType_Spec base_node_spec = {
    "autograd.native._engine.BaseNode", sizeof(Node), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, base_node_slots,
};

/* ---- Operations: the arithmetic comes from the rows (arithmetic.h), everything around it is here -------------------- */

enum fallback {
#define X(row, name) FORWARD_##name, REFLECTED_##name,
    BINARY_OPERATORS(X)
#undef X
#define X(row, name) OPERATOR_##name,
    UNARY_OPERATORS(X)
#undef X
#define X(row) METHOD_##row,
    UNARY_METHODS(X) BINARY_METHODS(X)
#undef X
    INIT, DATA, GRADIENT, FALLBACK_COUNT
};

static const char *fallback_names[] = {
#define X(row, name) "__" #name "__", "__r" #name "__",
    BINARY_OPERATORS(X)
#undef X
#define X(row, name) "__" #name "__",
    UNARY_OPERATORS(X)
#undef X
#define X(row) #row,
    UNARY_METHODS(X) BINARY_METHODS(X)
#undef X
    "__init__", "data", "grad", NULL,
};

PyObject *rows[ROW_COUNT], *row_partials[ROW_COUNT];

const char *const row_names[] = {
#define X(row) #row,
    UNARY_ROWS(X) BINARY_ROWS(X)
#undef X
    NULL,
};
static PyObject *fallbacks[FALLBACK_COUNT];
static PyObject *state_variable, *name_is_simple, *name_metadata, *name_created;

INLINE int is_value(PyObject *x) { return is_exactly_value(x) || PyType_IsSubtype(Py_TYPE(x), engine.value_type); }

INLINE int is_number_node(PyObject *x) { return is_value(x) && kind_of((Node *)x, PRIMAL) == NUMBER; }

INLINE double primal(PyObject *x) { return ((Node *)x)->slots[PRIMAL].number; }

/* Whether x is a plain constant; its number is then in *number. */
INLINE int is_constant(PyObject *x, double *number) {
    if (PyFloat_CheckExact(x)) {
        *number = PyFloat_AS_DOUBLE(x);
        return 1;
    }
    if (PyLong_CheckExact(x)) {
        *number = PyLong_AsDouble(x);
        if (*number == -1.0 && PyErr_Occurred()) {
            PyErr_Clear(); /* the fallback says what is wrong with it */
            return 0;
        }
        return 1;
    }
    return 0;
}

/* What the blocks that are open here ask for, beside what Python handles: new references, or NULL for nothing. */
typedef struct {
    PyObject *metadata; /* of the nodes that are made */
    PyObject *created;  /* the list that a tracer keeps of them */
} Asked;

static void forget(Asked *asked) {
    Py_CLEAR(asked->metadata);
    Py_CLEAR(asked->created);
}

static int get_unless_none(PyObject *state, PyObject *name, PyObject **value) {
    *value = PyObject_GetAttr(state, name);
    if (*value == Py_None) {
        Py_CLEAR(*value);
        return 0;
    }
    return *value == NULL ? -1 : 0;
}

/* Whether the blocks that are open here leave an operation to C: 1, 0, or -1 with an error. */
static int blocks_allow(Asked *asked) {
    PyObject *state = NULL;
    if (PyContextVar_Get(state_variable, NULL, &state) < 0) {
        return -1;
    }
    PyObject *simple = PyObject_GetAttr(state, name_is_simple);
    int allowed = simple == NULL ? -1 : simple == Py_True;
    Py_XDECREF(simple);
    if (allowed == 1 && (get_unless_none(state, name_metadata, &asked->metadata) < 0 ||
                         get_unless_none(state, name_created, &asked->created) < 0)) {
        forget(asked);
        allowed = -1;
    }
    Py_DECREF(state);
    return allowed;
}

/* Adds a new node to the list of the tracer, if there is one; takes over both references. */
INLINE PyObject *note_created(PyObject *node, PyObject *created) {
    if (!LIKELY(created == NULL)) {
        if (node != NULL && PyList_Append(created, node) < 0) {
            Py_CLEAR(node);
        }
        Py_DECREF(created);
    }
    return node;
}

/* A node of a row without its edges; takes over the reference to the metadata. */
INLINE Node *new_result(enum row row, double y, PyObject *metadata) {
    Node *node = allocate_value();
    if (node == NULL) {
        Py_XDECREF(metadata);
        return NULL;
    }
    node->op = Py_NewRef(rows[row]);
    node->metadata = metadata;
    node->slots[PRIMAL].number = y;
    node->slots[GRAD].number = 0.0;
    node->stamp = engine.clock_now;
    return node;
}

#define RESULT (KIND(PRIMAL, NUMBER) | KIND(GRAD, NUMBER))

INLINE PyObject *with_one_edge(Node *node, enum slot edge, PyObject *arg, double partial, uint32_t other) {
    if (node == NULL) {
        return NULL;
    }
    node->slots[edge].object = Py_NewRef(arg);
    node->slots[edge + 2].number = partial;
    node->kinds = RESULT | KIND(edge, OBJECT) | KIND(edge + 2, NUMBER) | other;
    if (PyObject_GC_IsTracked(arg)) {
        PyObject_GC_Track(node);
    }
    return (PyObject *)node;
}

static PyObject *call_fallback(enum fallback name, PyObject *self, PyObject *other) {
    if (fallbacks[name] == NULL) {
        PyErr_Format(PyExc_SystemError, "the native engine was not given Value.%s", fallback_names[name]);
        return NULL;
    }
    PyObject *args[] = {self, other};
    return PyObject_Vectorcall(fallbacks[name], args, other == NULL ? 1 : 2, NULL);
}

INLINE PyObject *apply_unary(PyObject *self, enum row row, Unary f, enum fallback fallback) {
    if (LIKELY(is_number_node(self))) {
        Asked asked = {NULL, NULL};
        int allowed = engine.blocks_open ? blocks_allow(&asked) : 1;
        if (allowed < 0) {
            return NULL;
        }
        if (allowed) {
            Local local = f(primal(self));
            if (LIKELY(!local.raised)) {
                Node *node = new_result(row, local.y, asked.metadata);
                return note_created(with_one_edge(node, LEFT, self, local.da, 0), asked.created);
            }
            forget(&asked);
        }
    } else if (!is_value(self)) {
        return PyErr_Format(PyExc_TypeError, "%s() is a method of Value, not of %.100s", fallback_names[fallback], Py_TYPE(self)->tp_name);
    }
    return call_fallback(fallback, self, NULL);
}

/* The operation on numbers, or NULL without an error where it is left to the fallback. */
INLINE PyObject *try_binary(PyObject *first, PyObject *second, enum row row, Binary both, Binary by_first, Binary by_second) {
    Asked asked = {NULL, NULL};
    double constant = 0.0;
    Local local;
    int first_is_node = is_number_node(first), second_is_node = is_number_node(second);
    if (!first_is_node && !(second_is_node && is_constant(first, &constant))) {
        return NULL;
    }
    if (first_is_node && !second_is_node && !is_constant(second, &constant)) {
        return NULL;
    }
    if (engine.blocks_open && blocks_allow(&asked) != 1) {
        return NULL;
    }
    if (first_is_node && second_is_node) {
        local = both(primal(first), primal(second));
    } else if (first_is_node) {
        local = by_first(primal(first), constant);
    } else {
        local = by_second(constant, primal(second));
    }
    if (local.raised) {
        forget(&asked);
        return NULL;
    }
    Node *node = new_result(row, local.y, asked.metadata);
    if (node == NULL) {
        Py_XDECREF(asked.created);
        return NULL;
    }
    if (!second_is_node) {
        node->slots[RIGHT].number = constant;
        return note_created(with_one_edge(node, LEFT, first, local.da, KIND(RIGHT, NUMBER)), asked.created);
    }
    if (!first_is_node) {
        node->slots[LEFT].number = constant;
        return note_created(with_one_edge(node, RIGHT, second, local.db, KIND(LEFT, NUMBER)), asked.created);
    }
    node->slots[LEFT].object = Py_NewRef(first);
    node->slots[RIGHT].object = Py_NewRef(second);
    node->slots[DLEFT].number = local.da;
    node->slots[DRIGHT].number = local.db;
    node->kinds = RESULT | KIND(LEFT, OBJECT) | KIND(RIGHT, OBJECT) | KIND(DLEFT, NUMBER) | KIND(DRIGHT, NUMBER);
    if (PyObject_GC_IsTracked(first) || PyObject_GC_IsTracked(second)) {
        PyObject_GC_Track(node);
    }
    return note_created((PyObject *)node, asked.created);
}

#define X(row, name)                                                                                                      \
    static PyObject *operator_##name(PyObject *first, PyObject *second) {                                                 \
        PyObject *result = try_binary(first, second, ROW_##row, row##_both, row##_by_a, row##_by_b);                      \
        if (LIKELY(result != NULL) || PyErr_Occurred()) {                                                                 \
            return result;                                                                                                \
        }                                                                                                                 \
        return is_value(first) ? call_fallback(FORWARD_##name, first, second) : call_fallback(REFLECTED_##name, second, first); \
    }
BINARY_OPERATORS(X)
#undef X

#define X(row, name) \
    static PyObject *operator_##name(PyObject *self) { return apply_unary(self, ROW_##row, row##_of, OPERATOR_##name); }
UNARY_OPERATORS(X)
#undef X

static PyObject *operator_pow3(PyObject *first, PyObject *second, PyObject *modulus) {
    if (modulus != Py_None) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    return operator_pow(first, second);
}

#define X(row)                                                                                                  \
    static PyObject *method_##row(PyObject *self, PyObject *unused) {                                           \
        return apply_unary(self, ROW_##row, row##_of, METHOD_##row);                                            \
    }
UNARY_METHODS(X)
#undef X

#define X(row)                                                                                                  \
    static PyObject *method_##row(PyObject *self, PyObject *other) {                                            \
        if (!is_value(self)) {                                                                                  \
            return PyErr_Format(PyExc_TypeError, #row "() is a method of Value, not of %.100s", Py_TYPE(self)->tp_name); \
        }                                                                                                       \
        PyObject *result = try_binary(self, other, ROW_##row, row##_both, row##_by_a, row##_by_b);              \
        return result != NULL || PyErr_Occurred() ? result : call_fallback(METHOD_##row, self, other);          \
    }
BINARY_METHODS(X)
#undef X

/* ---- Attributes of Value: the plain case of what autograd/core/value.py says ------------------------------------------ */

static int init_value(PyObject *self, PyObject *args, PyObject *kwargs) {
    double number;
    if (!engine.blocks_open && kwargs == NULL && PyTuple_GET_SIZE(args) == 1 && is_value(self) &&
        is_constant(PyTuple_GET_ITEM(args, 0), &number)) {
        Node *node = (Node *)self;
        if (node->kinds != 0 || node->op != NULL || node->metadata != NULL) {
            clear_slots(node); /* __init__ was called a second time */
        }
        node->slots[PRIMAL].number = number;
        node->slots[GRAD].number = 0.0;
        node->slots[RIGHT].number = (double)engine.clock_now;
        node->kinds = RESULT | KIND(RIGHT, NUMBER);
        node->stamp = engine.clock_now;
        return 0;
    }
    if (fallbacks[INIT] == NULL) {
        PyErr_SetString(PyExc_SystemError, "the native engine was not given Value.__init__");
        return -1;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    PyObject *with_self = PyTuple_New(count + 1);
    if (with_self == NULL) {
        return -1;
    }
    PyTuple_SET_ITEM(with_self, 0, Py_NewRef(self));
    for (Py_ssize_t i = 0; i < count; i++) {
        PyTuple_SET_ITEM(with_self, i + 1, Py_NewRef(PyTuple_GET_ITEM(args, i)));
    }
    PyObject *result = PyObject_Call(fallbacks[INIT], with_self, kwargs);
    Py_DECREF(with_self);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static PyObject *get_property(enum fallback name, PyObject *self) {
    PyObject *property = fallbacks[name];
    return Py_TYPE(property)->tp_descr_get(property, self, (PyObject *)Py_TYPE(self));
}

static int set_property(enum fallback name, PyObject *self, PyObject *x) {
    PyObject *property = fallbacks[name];
    return Py_TYPE(property)->tp_descr_set(property, self, x);
}

static PyObject *get_data(PyObject *self, void *unused) {
    if (!engine.blocks_open && is_number_node(self)) {
        return PyFloat_FromDouble(primal(self));
    }
    return get_property(DATA, self);
}

static int set_data(PyObject *self, PyObject *x, void *unused) {
    if (x != NULL && PyFloat_CheckExact(x) && !engine.blocks_open && is_number_node(self) && ((Node *)self)->kinds & EDITED) {
        ((Node *)self)->slots[PRIMAL].number = PyFloat_AS_DOUBLE(x);
        return 0;
    }
    int failed = set_property(DATA, self, x);
    if (!failed && is_value(self)) {
        ((Node *)self)->kinds |= EDITED;
    }
    return failed;
}

static PyObject *get_grad(PyObject *self, void *unused) {
    return !engine.blocks_open && is_value(self) ? get_slot((Node *)self, GRAD) : get_property(GRADIENT, self);
}

static int set_grad(PyObject *self, PyObject *x, void *unused) {
    if (x == NULL || !PyFloat_CheckExact(x) || !is_value(self)) {
        return set_property(GRADIENT, self, x);
    }
    set_number((Node *)self, GRAD, PyFloat_AS_DOUBLE(x));
    if (((Node *)self)->op == NULL) {
        set_slot((Node *)self, LEFT, Py_True);
    }
    return 0;
}

static PyGetSetDef value_attributes[] = {
    {"data", get_data, set_data, "The number itself. A leaf's can be assigned to, which never changes a graph that was recorded before.", NULL},
    {"grad", get_grad, set_grad, "\342\210\202(what backward() was called on)/\342\210\202self; 0.0 before, a node after ``backward(create_graph=True)``.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef value_methods[] = {
#define X(row) {#row, method_##row, METH_NOARGS, "Row " #row " of the table of operations, on a scalar."},
    UNARY_METHODS(X)
#undef X
#define X(row) {#row, method_##row, METH_O, "Row " #row " of the table of operations, on a scalar."},
    BINARY_METHODS(X)
#undef X
    {NULL, NULL, 0, NULL},
};

static PyType_Slot methods_slots[] = {
    {Py_tp_doc, "The operators and methods of Value that are written in C."},
    {Py_tp_init, init_value},
    {Py_tp_getset, value_attributes},
    {Py_tp_methods, value_methods},
    NUMBER_SLOTS {0, NULL},
};

static PyType_Spec methods_spec = {
    "autograd.native._engine.ScalarMethods", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, methods_slots,
};

int propagate_tensor(Node *node); /* tensors.c */

/* ---- Walks -------------------------------------------------------------------------------------------------------------- */

#define NODES_BETWEEN_SIGNALS (1 << 16) /* about a millisecond: Ctrl-C is heard at once, and asking costs nothing */

typedef struct {
    Node *node;
    Py_ssize_t next; /* the argument to visit next */
} Frame;

/* A walk: the path from the root to the node that is visited, and the nodes that are done. All nodes are borrowed. */
typedef struct {
    Frame *frames;
    size_t count, room;
    Node **done;
    size_t done_count, done_room;
} Walk;

/* Makes an array of items twice as long; returns NULL with an error. */
static void *enlarge(void *items, size_t *room, size_t item_size) {
    size_t enlarged = *room ? 2 * *room : 256;
    void *moved = PyMem_Realloc(items, enlarged * item_size);
    if (moved == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    expect_writes(moved, enlarged * item_size);
    *room = enlarged;
    return moved;
}

static int push(Walk *walk, Node *node) {
    if (walk->count == walk->room) {
        Frame *frames = enlarge(walk->frames, &walk->room, sizeof(Frame));
        if (frames == NULL) {
            return -1;
        }
        walk->frames = frames;
    }
    walk->frames[walk->count++] = (Frame){node, 0};
    return 0;
}

/* The node on top of the path is done. */
static int finish(Walk *walk) {
    if (walk->done_count == walk->done_room) {
        Node **done = enlarge(walk->done, &walk->done_room, sizeof(Node *));
        if (done == NULL) {
            return -1;
        }
        walk->done = done;
    }
    walk->done[walk->done_count++] = walk->frames[--walk->count].node;
    return 0;
}

static PyObject *list_of_done(const Walk *walk) {
    PyObject *list = PyList_New((Py_ssize_t)walk->done_count);
    if (list != NULL) {
        expect_writes(((PyListObject *)list)->ob_item, walk->done_count * sizeof(PyObject *));
        for (size_t i = 0; i < walk->done_count; i++) {
            PyList_SET_ITEM(list, (Py_ssize_t)i, Py_NewRef((PyObject *)walk->done[i]));
        }
    }
    return list;
}

static int is_sequence(PyObject *x) { return PyTuple_CheckExact(x) || PyList_CheckExact(x); }

static void complain_about_edges(Node *node) {
    PyErr_Format(PyExc_TypeError, "a %.100s holds arguments that no operation has: was it read from a damaged file?",
                 Py_TYPE(node)->tp_name);
}

/* The next argument of a node to which a derivative flows; NULL where there is none, or with an error. */
INLINE Node *next_argument(Frame *frame) {
    Node *node = frame->node;
    if (LIKELY(!is_packed(node))) {
        while (frame->next < 2) {
            enum slot edge = (enum slot)frame->next++;
            if (kind_of(node, (enum slot)(edge + 2)) != NONE) {
                if (kind_of(node, edge) != OBJECT || !is_node(node->slots[edge].object)) {
                    complain_about_edges(node);
                    return NULL;
                }
                return (Node *)node->slots[edge].object;
            }
        }
        return NULL;
    }
    PyObject *args = kind_of(node, LEFT) == OBJECT ? node->slots[LEFT].object : NULL;
    if (args == NULL || !is_sequence(args)) {
        complain_about_edges(node);
        return NULL;
    }
    while (frame->next < PySequence_Fast_GET_SIZE(args)) {
        PyObject *arg = PySequence_Fast_GET_ITEM(args, frame->next++);
        if (is_node(arg)) {
            return (Node *)arg;
        }
    }
    return NULL;
}

/* Depth first from one root, which has been stamped. */
static int visit_below(Node *root, int64_t stamp, int64_t since, PyObject *leaves, Walk *walk) {
    if (push(walk, root) < 0) {
        return -1;
    }
    while (walk->count > 0) {
        Frame *frame = &walk->frames[walk->count - 1];
        Node *arg = next_argument(frame);
        if (arg == NULL) {
            if (PyErr_Occurred() || finish(walk) < 0) {
                return -1;
            }
            if ((walk->done_count & (NODES_BETWEEN_SIGNALS - 1)) == 0 && PyErr_CheckSignals() < 0) {
                return -1;
            }
            continue;
        }
        if (arg->stamp == stamp) {
            continue;
        }
        if (arg->stamp >= since) {
            arg->stamp = stamp;
            if (arg->op != NULL) {
                if (push(walk, arg) < 0) {
                    return -1;
                }
                continue;
            }
        }
        if (PyList_Append(leaves, (PyObject *)arg) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyObject *topological_order(PyObject *module, PyObject *args) {
    PyObject *given, *roots; /* which hold all that the walk borrows */
    long long stamp, since;
    if (!PyArg_ParseTuple(args, "OLL:topological_order", &given, &stamp, &since) || (roots = PySequence_Tuple(given)) == NULL) {
        return NULL;
    }
    PyObject *nodes = NULL, *leaves = PyList_New(0);
    Walk walk = {0};
    int failed = leaves == NULL;
    for (Py_ssize_t i = 0; !failed && i < PyTuple_GET_SIZE(roots); i++) {
        PyObject *root = PyTuple_GET_ITEM(roots, i);
        Node *node = (Node *)root;
        if (!is_node(root)) {
            PyErr_Format(PyExc_TypeError, "topological_order() takes nodes, not %.100s", Py_TYPE(root)->tp_name);
            failed = 1;
        } else if (node->stamp != stamp) {
            int is_older = node->stamp < since;
            if (!is_older) {
                node->stamp = stamp;
            }
            failed = is_older || node->op == NULL ? PyList_Append(leaves, root) < 0
                                                  : visit_below(node, stamp, since, leaves, &walk) < 0;
        }
    }
    if (!failed) {
        nodes = list_of_done(&walk);
    }
    Py_DECREF(roots);
    PyMem_Free(walk.frames);
    PyMem_Free(walk.done);
    if (nodes == NULL) {
        Py_XDECREF(leaves);
        return NULL;
    }
    return Py_BuildValue("(NN)", nodes, leaves);
}

/* arg._grad += g * partial, in Python's arithmetic: the gradient of a leaf may be a graph. */
static int add_contribution(Node *arg, double contribution) {
    PyObject *number = PyFloat_FromDouble(contribution), *old = get_slot(arg, GRAD);
    PyObject *sum = number == NULL || old == NULL ? NULL : PyNumber_Add(old, number);
    if (sum != NULL) {
        set_slot(arg, GRAD, sum);
    }
    Py_XDECREF(number);
    Py_XDECREF(old);
    Py_XDECREF(sum);
    return sum == NULL ? -1 : 0;
}

INLINE int propagate_along(Node *node, enum slot edge, double g) {
    if (kind_of(node, (enum slot)(edge + 2)) != NUMBER) {
        return 0;
    }
    if (kind_of(node, edge) != OBJECT || !is_node(node->slots[edge].object)) {
        complain_about_edges(node);
        return -1;
    }
    Node *arg = (Node *)node->slots[edge].object;
    double contribution = g * node->slots[edge + 2].number;
    if (LIKELY(kind_of(arg, GRAD) == NUMBER)) {
        arg->slots[GRAD].number += contribution;
        return 0;
    }
    return add_contribution(arg, contribution);
}

/* Passes the gradient of a packed node on; Python does it where cotangents of its parts are waiting in ``parts``. */
static int pull_packed(Node *node, PyObject *pull, PyObject *parts) {
    int waits = PyDict_GET_SIZE(parts) == 0 ? 0 : PyDict_Contains(parts, (PyObject *)node);
    int done = waits == 0 ? propagate_tensor(node) : 0;
    if (waits < 0 || done != 0) {
        return waits < 0 ? -1 : done;
    }
    PyObject *result = PyObject_CallOneArg(pull, (PyObject *)node);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static PyObject *propagate(PyObject *module, PyObject *args) {
    PyObject *nodes, *pull, *parts;
    if (!PyArg_ParseTuple(args, "O!OO!:propagate", &PyList_Type, &nodes, &pull, &PyDict_Type, &parts)) {
        return NULL;
    }
    for (Py_ssize_t i = PyList_GET_SIZE(nodes) - 1; i >= 0; i--) {
        if (i >= PyList_GET_SIZE(nodes) || !is_node(PyList_GET_ITEM(nodes, i))) {
            return PyErr_Format(PyExc_TypeError, "propagate() takes a list of nodes that nobody changes");
        }
        Node *node = (Node *)PyList_GET_ITEM(nodes, i);
        if (is_packed(node)) {
            if (pull_packed(node, pull, parts) < 0) {
                return NULL;
            }
            continue;
        }
        if (kind_of(node, GRAD) != NUMBER) {
            return PyErr_Format(PyExc_TypeError, "the gradient of an interior %.100s is not a number", Py_TYPE(node)->tp_name);
        }
        double g = node->slots[GRAD].number;
        if (propagate_along(node, LEFT, g) < 0 || propagate_along(node, RIGHT, g) < 0) {
            return NULL;
        }
        if ((i & (NODES_BETWEEN_SIGNALS - 1)) == 0 && PyErr_CheckSignals() < 0) {
            return NULL;
        }
    }
    Py_RETURN_NONE;
}

static PyObject *for_each_node(PyObject *nodes, void (*action)(Node *), const char *call) {
    if (!PyList_CheckExact(nodes)) {
        return PyErr_Format(PyExc_TypeError, "%s() takes a list of nodes", call);
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(nodes); i++) {
        if (!is_node(PyList_GET_ITEM(nodes, i))) {
            return PyErr_Format(PyExc_TypeError, "%s() takes a list of nodes", call);
        }
        action((Node *)PyList_GET_ITEM(nodes, i));
    }
    Py_RETURN_NONE;
}

static void reset_gradient(Node *node) { set_number(node, GRAD, 0.0); }

static PyObject *reset_gradients(PyObject *module, PyObject *nodes) { return for_each_node(nodes, reset_gradient, "reset_gradients"); }

static PyObject *track_nodes(PyObject *module, PyObject *nodes) { return for_each_node(nodes, track, "track"); }

/* ---- The module ---------------------------------------------------------------------------------------------------------- */

static PyObject *mirror(PyObject *module, PyObject *args) {
    long long now;
    if (!PyArg_ParseTuple(args, "lL:mirror", &engine.blocks_open, &now)) {
        return NULL;
    }
    engine.clock_now = now;
    Py_RETURN_NONE;
}

#ifndef NO_SLABS
/* Whether a node is preceded by the head of the garbage collector and by nothing else, as slabs lay it out. */
static int has_known_head(PyObject *value) {
    PyObject *getsizeof = PySys_GetObject("getsizeof"), *size = getsizeof == NULL ? NULL : PyObject_CallOneArg(getsizeof, value);
    int is_known = size != NULL && PyLong_AsSize_t(size) == NODE_SIZE;
    Py_XDECREF(size);
    PyErr_Clear();
    return is_known;
}
#endif

static PyObject *register_value(PyObject *module, PyObject *args) {
    PyObject *type, *mark, *variable;
    if (!PyArg_ParseTuple(args, "O!OO:register_value", &PyType_Type, &type, &mark, &variable)) {
        return NULL;
    }
    PyTypeObject *value = (PyTypeObject *)type;
    if (!PyType_IsSubtype(value, engine.base_node_type) || value->tp_basicsize != (Py_ssize_t)sizeof(Node) || engine.value_type != NULL) {
        return PyErr_Format(PyExc_TypeError, "register_value() takes one class, once: a BaseNode without further slots");
    }
    engine.value_type = (PyTypeObject *)Py_NewRef(value);
    engine.value_type->tp_alloc = alloc_value;
    engine.value_type->tp_dealloc = dealloc_value;
    engine.packed = Py_NewRef(mark);
    state_variable = Py_NewRef(variable);
#ifndef NO_SLABS
    PyObject *probe = value->tp_alloc(value, 0);
    if (probe == NULL) {
        return NULL;
    }
    int is_known = has_known_head(probe);
    Py_DECREF(probe);
    has_slabs = is_known;
#endif
    Py_RETURN_NONE;
}

static int place_of(const char *name, const char *const *names) {
    for (int i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

static PyObject *register_row(PyObject *module, PyObject *args) {
    const char *name;
    PyObject *op;
    if (!PyArg_ParseTuple(args, "sO:register_row", &name, &op)) {
        return NULL;
    }
    int place = place_of(name, row_names);
    if (place >= 0) {
        PyObject *partials = PyObject_GetAttrString(op, "partials");
        if (partials == NULL) {
            return NULL;
        }
        Py_XSETREF(rows[place], Py_NewRef(op));
        Py_XSETREF(row_partials[place], partials);
    }
    return PyBool_FromLong(place >= 0);
}

static PyObject *register_fallback(PyObject *module, PyObject *args) {
    const char *name;
    PyObject *method;
    if (!PyArg_ParseTuple(args, "sO:register_fallback", &name, &method)) {
        return NULL;
    }
    int place = place_of(name, fallback_names);
    if (place == DATA || place == GRADIENT) {
        if (Py_TYPE(method) != &PyProperty_Type) {
            return PyErr_Format(PyExc_TypeError, "register_fallback(): %s is a property", name);
        }
    }
    if (place >= 0) {
        Py_XSETREF(fallbacks[place], Py_NewRef(method));
    }
    return PyBool_FromLong(place >= 0);
}

static PyMethodDef functions[] = {
    {"topological_order", topological_order, METH_VARARGS, "topological_order(roots, stamp, since) -> (interior nodes, leaves)"},
    {"propagate", propagate, METH_VARARGS, "propagate(nodes, pull, parts): the chain rule along nodes in topological order, from the last to the first"},
    {"reset_gradients", reset_gradients, METH_O, "reset_gradients(nodes): set every gradient to 0.0"},
    {"track", track_nodes, METH_O, "track(nodes): let the garbage collector see them"},
    {"mirror", mirror, METH_VARARGS, "mirror(open_block_count, clock): what the context module counts"},
    {"register_value", register_value, METH_VARARGS, "register_value(Value, PACKED, state): the class of scalars, the mark, the context variable"},
    {"register_row", register_row, METH_VARARGS, "register_row(name, op) -> whether the row is written in C"},
    {"register_fallback", register_fallback, METH_VARARGS, "register_fallback(name, method) -> whether C takes over that name"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "autograd.native._engine", "The native engine; see engine.c.", -1, functions, NULL, NULL, NULL, NULL,
};

int add_arguments(PyObject *module); /* arguments.c */
int add_columns(PyObject *module); /* columns.c */
int add_tape(PyObject *module);    /* tape.c */
int add_tensors(PyObject *module); /* tensors.c */

PyMODINIT_FUNC PyInit__engine(void) {
    PyObject *module = PyModule_Create(&definition);
    PyObject *base_node = PyType_FromSpec(&base_node_spec), *methods = PyType_FromSpec(&methods_spec);
    name_is_simple = PyUnicode_InternFromString("is_simple");
    name_metadata = PyUnicode_InternFromString("metadata");
    name_created = PyUnicode_InternFromString("created");
    if (module == NULL || base_node == NULL || methods == NULL || name_is_simple == NULL || name_metadata == NULL || name_created == NULL ||
        PyModule_AddObjectRef(module, "BaseNode", base_node) < 0 || PyModule_AddObjectRef(module, "ScalarMethods", methods) < 0 ||
        add_arguments(module) < 0 || add_columns(module) < 0 || add_tape(module) < 0 || add_tensors(module) < 0 || PyModule_AddObject(module, "DIGEST", PyLong_FromUnsignedLong(DIGEST)) < 0) {
        Py_XDECREF(module);
        Py_XDECREF(base_node);
        Py_XDECREF(methods);
        return NULL;
    }
    engine.base_node_type = (PyTypeObject *)base_node;
    Py_DECREF(methods);
    return module;
}
