/* What a call of a compiled function reads: lists of floats among its arguments, and lists that it has captured. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string.h>

#define MOST_AXES 8 /* of lists in lists; Python reads deeper ones */

/* The lengths of a list, of its first item, and so on down to the numbers. Returns how many there are, 0 if it is left to Python. */
static int lengths_of(PyObject *x, Py_ssize_t *lengths) {
    int axes = 0;
    for (; PyList_CheckExact(x); x = PyList_GET_ITEM(x, 0)) {
        if (PyList_GET_SIZE(x) == 0 || axes == MOST_AXES) {
            return 0;
        }
        lengths[axes++] = PyList_GET_SIZE(x);
    }
    return axes;
}

/* Whether a list and the lists in it have these lengths, and hold nothing but floats. */
static int holds_floats(PyObject *list, const Py_ssize_t *lengths, int axes) {
    int is_plain = PyList_CheckExact(list) && PyList_GET_SIZE(list) == lengths[0];
    for (Py_ssize_t i = 0; is_plain && i < lengths[0]; i++) {
        PyObject *item = PyList_GET_ITEM(list, i);
        is_plain = axes > 1 ? holds_floats(item, lengths + 1, axes - 1) : PyFloat_CheckExact(item);
    }
    return is_plain;
}

/* Copies the floats of nested lists, and returns where the next one goes. */
static double *copy_floats(PyObject *list, int axes, double *to) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *item = PyList_GET_ITEM(list, i);
        if (axes > 1) {
            to = copy_floats(item, axes - 1, to);
        } else {
            *to++ = PyFloat_AS_DOUBLE(item);
        }
    }
    return to;
}

static PyObject *new_shape(const Py_ssize_t *lengths, int axes) {
    PyObject *shape = PyTuple_New(axes);
    for (int i = 0; shape != NULL && i < axes; i++) {
        PyObject *length = PyLong_FromSsize_t(lengths[i]);
        if (length == NULL) {
            Py_CLEAR(shape);
        } else {
            PyTuple_SET_ITEM(shape, i, length);
        }
    }
    return shape;
}

static PyObject *pack_floats(PyObject *module, PyObject *list) {
    Py_ssize_t lengths[MOST_AXES], size = sizeof(double);
    int axes = lengths_of(list, lengths);
    if (axes == 0 || !holds_floats(list, lengths, axes)) {
        Py_RETURN_NONE;
    }
    for (int i = 0; i < axes; i++) {
        size *= lengths[i];
    }
    PyObject *bytes = PyByteArray_FromStringAndSize(NULL, size), *shape = new_shape(lengths, axes);
    if (bytes == NULL || shape == NULL) {
        Py_XDECREF(bytes);
        Py_XDECREF(shape);
        return NULL;
    }
    copy_floats(list, axes, (double *)(void *)PyByteArray_AS_STRING(bytes));
    return Py_BuildValue("(NN)", bytes, shape);
}

/* Whether two lists, or two tuples, hold the same objects. */
static int hold_same_objects(PyObject *a, PyObject *b) {
    if (Py_TYPE(a) != Py_TYPE(b) || !(PyList_CheckExact(a) || PyTuple_CheckExact(a)) || Py_SIZE(a) != Py_SIZE(b)) {
        return 0;
    }
    return Py_SIZE(a) == 0 || memcmp(PySequence_Fast_ITEMS(a), PySequence_Fast_ITEMS(b), (size_t)Py_SIZE(a) * sizeof(PyObject *)) == 0;
}

static PyObject *first_difference(PyObject *module, PyObject *args) {
    PyObject *a, *b;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "O!O!n:first_difference", &PyList_Type, &a, &PyList_Type, &b, &i)) {
        return NULL;
    }
    Py_ssize_t count = Py_MIN(PyList_GET_SIZE(a), PyList_GET_SIZE(b));
    for (i = Py_MAX(i, 0); i < count && hold_same_objects(PyList_GET_ITEM(a, i), PyList_GET_ITEM(b, i)); i++) {
    }
    return PyLong_FromSsize_t(i);
}

static PyMethodDef functions[] = {
    {"pack_floats", pack_floats, METH_O, "pack_floats(list) -> the floats of nested lists as bytes, and their shape; None for anything else"},
    {"first_difference", first_difference, METH_VARARGS,
     "first_difference(lists, others, start) -> the position of the first pair that does not hold the same objects, or is no list or tuple"},
    {NULL, NULL, 0, NULL},
};

int add_arguments(PyObject *module) { return PyModule_AddFunctions(module, functions); }
