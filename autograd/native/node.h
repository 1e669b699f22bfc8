/* A node in memory, and its slots: what engine.c and tensors.c share. */

#ifndef GRADLAB_NODE_H
#define GRADLAB_NODE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

/* ---- Slots: a number costs no object -------------------------------------------------------------------------------- */

typedef union {
    double number;
    PyObject *object;
} Slot;

enum slot { LEFT, RIGHT, DLEFT, DRIGHT, PRIMAL, GRAD, SLOT_COUNT };
enum kind { NONE, NUMBER, OBJECT }; /* what a slot holds: two bits each in Node.kinds; NONE is 0, as in memory that was cleared */

#define KIND(slot, kind) ((uint32_t)(kind) << (2 * (slot)))
#define EDITED (1u << 31) /* the node has metadata of its own, which say that its data was assigned */

typedef struct {
    PyObject_HEAD
    PyObject *op;       /* NULL for a leaf */
    PyObject *metadata; /* NULL for None */
    Slot slots[SLOT_COUNT];
    int64_t stamp; /* the link to the next node, once a node waits to be freed or to be used again */
    uint32_t kinds;
} Node;

typedef struct {
    PyTypeObject *base_node_type; /* of which every node is an instance */
    PyTypeObject *value_type;   /* Value itself; its subclasses are nodes like Tensors */
    PyTypeObject *tensor_type;  /* Tensor itself, once it is registered */
    PyObject *packed;           /* what stands in ``dleft`` of a node whose arguments are in one sequence */
    long blocks_open;           /* how many no_grad, scope and anomaly blocks are open: ``context.open_block_count`` */
    int64_t clock_now;          /* ``context.clock`` */
} Engine;

extern Engine engine HIDDEN; /* engine.c */

INLINE enum kind kind_of(const Node *node, enum slot slot) { return (enum kind)(node->kinds >> (2 * slot) & 3u); }

INLINE int is_exactly_value(PyObject *x) { return Py_TYPE(x) == engine.value_type; }

INLINE int is_node(PyObject *x) { return is_exactly_value(x) || PyType_IsSubtype(Py_TYPE(x), engine.base_node_type); }

INLINE int is_packed(const Node *node) {
    return kind_of(node, DLEFT) == OBJECT && node->slots[DLEFT].object == engine.packed;
}

static inline PyObject *get_slot(Node *node, enum slot slot) {
    switch (kind_of(node, slot)) {
    case NUMBER:
        return PyFloat_FromDouble(node->slots[slot].number);
    case OBJECT:
        return Py_NewRef(node->slots[slot].object);
    default:
        Py_RETURN_NONE;
    }
}

/* Whether a cycle may lead through this argument: the collector must then see the node that holds it. */
static inline int can_be_in_cycle(PyObject *x) {
    if (is_node(x)) {
        return PyObject_GC_IsTracked(x);
    }
    if (PyTuple_CheckExact(x) || PyList_CheckExact(x)) {
        for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(x); i++) {
            PyObject *item = PySequence_Fast_GET_ITEM(x, i);
            if (is_node(item) && PyObject_GC_IsTracked(item)) {
                return 1;
            }
        }
    }
    return 0;
}

/* Let the collector see a node, and the tuple of its arguments, which tensors.c hides as well. */
static inline void track(Node *node) {
    PyObject *args = kind_of(node, LEFT) == OBJECT ? node->slots[LEFT].object : NULL;
    if (args != NULL && PyTuple_CheckExact(args) && PyTuple_GET_SIZE(args) && !PyObject_GC_IsTracked(args)) {
        PyObject_GC_Track(args);
    }
    if (!PyObject_GC_IsTracked((PyObject *)node)) {
        PyObject_GC_Track(node);
    }
}

/* Steals nothing; the old content is released last, since that may run code that looks at the node. */
static inline void set_slot(Node *node, enum slot slot, PyObject *x) {
    PyObject *old = kind_of(node, slot) == OBJECT ? node->slots[slot].object : NULL;
    enum kind kind = x == Py_None ? NONE : PyFloat_CheckExact(x) ? NUMBER : OBJECT;
    if (kind == NUMBER) {
        node->slots[slot].number = PyFloat_AS_DOUBLE(x);
    } else if (kind == OBJECT) {
        node->slots[slot].object = Py_NewRef(x);
        if (can_be_in_cycle(x)) {
            track(node);
        }
    }
    node->kinds = (node->kinds & ~KIND(slot, 3)) | KIND(slot, kind);
    Py_XDECREF(old);
}

INLINE void set_number(Node *node, enum slot slot, double number) {
    PyObject *old = kind_of(node, slot) == OBJECT ? node->slots[slot].object : NULL;
    node->slots[slot].number = number;
    node->kinds = (node->kinds & ~KIND(slot, 3)) | KIND(slot, NUMBER);
    Py_XDECREF(old);
}

#endif
