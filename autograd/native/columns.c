/* Nodes of a trace as columns: the loop of autograd/compiler/frontend/scalar_graph_builder.py, for the nodes that are usual.

   While a graph is built, the ``_grad`` slot of a node holds its id, an int, which gradients never are. */

#include "node.h"

#define CONSTANT_ID (-2) /* CONSTANT in autograd/compiler/ir/scalar_graph.py */

enum column { OPS, FIRST, SECOND, VALUES, COLUMN_COUNT };

typedef struct {
    PyObject *columns[COLUMN_COUNT]; /* lists */
    PyObject *known_ops;             /* the ids of operations that have occurred */
    PyObject *known_ids;             /* the ids of leaves that have occurred, by their address */
    PyObject *new_op, *id_of;        /* what Python does for other operations and arguments */
    PyObject *none, *constant;       /* the numbers -1 and CONSTANT_ID */
} Builder;

/* Adds a row and returns its id, a new reference; takes over ``value``. */
static PyObject *append_row(const Builder *builder, PyObject *op_id, PyObject *first, PyObject *second, PyObject *value) {
    PyObject *items[COLUMN_COUNT] = {op_id, first, second, value};
    PyObject *id = value == NULL ? NULL : PyLong_FromSsize_t(PyList_GET_SIZE(builder->columns[OPS]));
    for (int i = 0; id != NULL && i < COLUMN_COUNT; i++) {
        if (PyList_Append(builder->columns[i], items[i]) < 0) {
            Py_CLEAR(id);
        }
    }
    Py_XDECREF(value);
    return id;
}

/* The id of an argument, a new reference. */
static PyObject *argument_id(const Builder *builder, Node *node, enum slot edge) {
    if (kind_of(node, edge) == NUMBER) {
        PyObject *value = PyFloat_FromDouble(node->slots[edge].number);
        return append_row(builder, builder->constant, builder->none, builder->none, value);
    }
    PyObject *arg = kind_of(node, edge) == OBJECT ? node->slots[edge].object : Py_None;
    if (kind_of(node, (enum slot)(edge + 2)) != NONE && is_node(arg) && kind_of((Node *)arg, GRAD) == OBJECT) {
        PyObject *id = ((Node *)arg)->slots[GRAD].object;
        if (PyLong_CheckExact(id)) {
            return Py_NewRef(id);
        }
    }
    PyObject *address = PyLong_FromVoidPtr(arg); /* as id() in Python */
    PyObject *known = address == NULL ? NULL : PyDict_GetItemWithError(builder->known_ids, address);
    Py_XDECREF(address);
    if (known != NULL || PyErr_Occurred()) {
        return Py_XNewRef(known);
    }
    return PyObject_CallOneArg(builder->id_of, arg);
}

/* The id of an operation, a borrowed reference. */
static PyObject *operation_id(const Builder *builder, PyObject *op) {
    PyObject *id = PyDict_GetItemWithError(builder->known_ops, op);
    if (id == NULL && !PyErr_Occurred()) {
        PyObject *added = PyObject_CallOneArg(builder->new_op, op);
        if (added != NULL && PyDict_SetItem(builder->known_ops, op, added) == 0) {
            id = added; /* the dict keeps it */
        }
        Py_XDECREF(added);
    }
    return id;
}

static int add_node(const Builder *builder, Node *node) {
    PyObject *first = argument_id(builder, node, LEFT), *second = NULL, *id = NULL;
    if (first != NULL) { /* an operation of one argument has nothing to the right */
        second = kind_of(node, RIGHT) == NONE ? Py_NewRef(builder->none) : argument_id(builder, node, RIGHT);
    }
    PyObject *op_id = second == NULL ? NULL : operation_id(builder, node->op);
    if (op_id != NULL) {
        id = append_row(builder, op_id, first, second, get_slot(node, PRIMAL));
    }
    if (id != NULL) {
        set_slot(node, GRAD, id);
    }
    Py_XDECREF(first);
    Py_XDECREF(second);
    Py_XDECREF(id);
    return id == NULL ? -1 : 0;
}

static PyObject *add_scalar_nodes(PyObject *module, PyObject *args) {
    PyObject *nodes;
    Py_ssize_t i;
    Builder builder;
    PyObject **columns = builder.columns;
    if (!PyArg_ParseTuple(args, "O!n(O!O!O!O!)O!O!OO:add_scalar_nodes", &PyList_Type, &nodes, &i, &PyList_Type, &columns[OPS],
                          &PyList_Type, &columns[FIRST], &PyList_Type, &columns[SECOND], &PyList_Type, &columns[VALUES],
                          &PyDict_Type, &builder.known_ops, &PyDict_Type, &builder.known_ids, &builder.new_op, &builder.id_of)) {
        return NULL;
    }
    builder.none = PyLong_FromLong(-1);
    builder.constant = PyLong_FromLong(CONSTANT_ID);
    int failed = builder.none == NULL || builder.constant == NULL;
    for (; !failed && i < PyList_GET_SIZE(nodes); i++) {
        PyObject *x = PyList_GET_ITEM(nodes, i);
        if (!is_node(x) || is_packed((Node *)x) || ((Node *)x)->op == NULL) {
            break;
        }
        Py_INCREF(x);
        failed = add_node(&builder, (Node *)x) < 0;
        Py_DECREF(x);
    }
    Py_XDECREF(builder.none);
    Py_XDECREF(builder.constant);
    return failed ? NULL : PyLong_FromSsize_t(i);
}

static PyObject *nodes_with_stamp(PyObject *module, PyObject *args) {
    PyObject *nodes, *chosen = PyList_New(0);
    long long stamp;
    if (chosen == NULL || !PyArg_ParseTuple(args, "O!L:nodes_with_stamp", &PyList_Type, &nodes, &stamp)) {
        Py_XDECREF(chosen);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(nodes); i++) {
        PyObject *x = PyList_GET_ITEM(nodes, i);
        if (is_node(x) && ((Node *)x)->stamp == stamp && ((Node *)x)->op != NULL && PyList_Append(chosen, x) < 0) {
            Py_DECREF(chosen);
            return NULL;
        }
    }
    return chosen;
}

static PyMethodDef functions[] = {
    {"add_scalar_nodes", add_scalar_nodes, METH_VARARGS,
     "add_scalar_nodes(nodes, start, columns, known_ops, known_ids, new_op, id_of) -> the position of the first node that Python has to add"},
    {"nodes_with_stamp", nodes_with_stamp, METH_VARARGS, "nodes_with_stamp(nodes, stamp) -> the nodes that a walk has visited, in their order"},
    {NULL, NULL, 0, NULL},
};

int add_columns(PyObject *module) { return PyModule_AddFunctions(module, functions); }
