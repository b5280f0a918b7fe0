"""A student as an ONNX graph: token ids and a mask go in, probabilities come out."""

from pathlib import Path

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper, save

from backend.classifiers.student import SHORTEST, Student

OPSET = 17
"""The version of the operators; ONNX Runtime reads it since 1.12."""

IR_VERSION = 8
"""The version of the file's form that goes with it."""


def write_graph(student: Student, file: Path) -> None:
    """Write a student's graph, weights included.

    Its inputs are `ids` (int64) and `mask` (float32; 1 for a token, 0 for what fills a row up),
    both of shape (texts, longest); its output `probabilities` is of shape (texts, labels).

    Args:
        student: The student.
        file: Where it goes.

    Raises:
        OSError: It cannot be written.
    """
    model = graph_of(student)
    checker.check_model(model)
    save(model, file)


def graph_of(student: Student) -> ModelProto:
    """Return a student's graph; see `write_graph`."""
    node = helper.make_node
    nodes = [
        node("Unsqueeze", ["mask", "last"], ["column"]),
        node("Gather", ["vectors", "ids"], ["read"]),
        node("Mul", ["read", "column"], ["kept"]),
        node("ReduceSum", ["kept", "middle"], ["sum"], keepdims=0),
        node("ReduceL2", ["sum"], ["norm"], axes=[1], keepdims=1),
        node("Max", ["norm", "shortest"], ["length"]),
        node("Div", ["sum", "length"], ["embedding"]),
        node("MatMul", ["embedding", "head"], ["of_embedding"]),
        node("Gather", ["tokens", "ids"], ["said"]),
        node("Mul", ["said", "column"], ["said_kept"]),
        node("ReduceSum", ["said_kept", "middle"], ["said_sum"], keepdims=0),
        node("ReduceSum", ["mask", "middle"], ["count"], keepdims=1),
        node("Max", ["count", "one"], ["counted"]),
        node("Sqrt", ["counted"], ["root"]),
        node("Div", ["said_sum", "root"], ["of_tokens"]),
        node("Add", ["of_embedding", "of_tokens"], ["of_both"]),
        node("Add", ["of_both", "bias"], ["nats"]),
        node("Softmax", ["nats"], ["probabilities"], axis=1),
    ]
    constants = {
        "vectors": student.vectors,
        "head": student.head,
        "tokens": student.tokens,
        "bias": student.bias,
        "last": np.array([2]),
        "middle": np.array([1]),
        "shortest": np.array([SHORTEST], dtype=np.float32),
        "one": np.array([1], dtype=np.float32),
    }
    rows = ["texts", "longest"]
    graph = helper.make_graph(
        nodes,
        "student",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, rows),
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, rows),
        ],
        [
            helper.make_tensor_value_info(
                "probabilities", TensorProto.FLOAT, ["texts", len(student.labels)]
            )
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opset = helper.make_opsetid("", OPSET)
    return helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
