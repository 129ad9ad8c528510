"""Trains small.model with SentencePiece, writes the same as small.json, and what both tokenizers give for texts into expected.json.

usage: apt-get install sentencepiece && npm install @anush008/tokenizers@0.6 && python3 write.py
"""
import base64, json, os, shutil, struct, subprocess, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = "the a of to and in is was she he it they said went came saw took gave house tree river stone bird letter table number".split()
# What becomes of what, in hexadecimal code points, as spm_train reads it: composition, compatibility, white space, nothing.
RULES = ["65 301\te9", "fb01\t66 69", "3000\t20", "9\t20", "200b\t", "fdfa\t73 20 61 20 20 77", "2460\t31", "2026\t2e 2e 2e",
         "ff46\t66", "ff76 ff9e\t30ac", "41 30a\tc5", "1\t"]
PARTS = ["a", "e", "the ", "The", " ", "  ", "\t", "river", "stone", "letters", "1", "234", ".", "--", "é", "e\u0301", "\u0323", "ß", "中",
         "한", "▁", "▁▁", "\u00a0", "\u200d", "👩", "𝔘", "\ufffd", "ﬁ", "ﬁ\u0301", "ﷺ", "①", "ｆ", "ｶﾞ", "\u3000", "\u200b", "…", "A\u030a",
         "<sym>", "foo", "xfoox", "ab", "xabx", "\u0001", "<0x41>", "क्षि"]


def fields(data):
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        else:
            size = 4 if tag & 7 == 5 else varint()
            yield tag >> 3, data[at:at + size]
            at += size


def draw(state):
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def train(folder):
    numbers = draw(1)
    text = "".join(" ".join(WORDS[next(numbers) % len(WORDS)] + "s" * (next(numbers) % 3 == 0) for _ in range(12)) + ".\n" for _ in range(400))
    open(f"{folder}/text", "w").write(text + "é Å 1 2 3 4 é\n" * 20)
    open(f"{folder}/rules.tsv", "w").write("\n".join(RULES) + "\n")
    # The model keeps the names of its files: without folders they are the same everywhere.
    subprocess.run(["spm_train", "--input=text", "--model_prefix=small", "--model_type=unigram", "--vocab_size=420",
                    "--hard_vocab_limit=false", "--normalization_rule_tsv=rules.tsv", "--byte_fallback=true",
                    "--user_defined_symbols=<sym>,foo,ab", "--num_threads=1"], check=True, stderr=subprocess.DEVNULL, cwd=folder)
    shutil.copy(f"{folder}/small.model", HERE)


def tokenizer_json():
    pieces, charsmap = [], b""
    for field, value in fields(open(f"{HERE}/small.model", "rb").read()):
        if field == 1:
            piece = dict(fields(value))
            pieces.append((piece[1].decode(), struct.unpack("<f", piece[2])[0], piece.get(3, 1)))
        elif field == 3:
            charsmap = dict(fields(value))[2]
    added = [{"id": i, "content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
             for i, (text, _, kind) in enumerate(pieces) if kind in (2, 3)]
    space = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
            "normalizer": {"type": "Sequence", "normalizers": [
                {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap).decode()},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, space]}, "post_processor": None,
            "decoder": {"type": "Sequence", "decoders": [
                {"type": "ByteFallback"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}]},
            "model": {"type": "Unigram", "unk_id": 0, "vocab": [[text, score] for text, score, _ in pieces], "byte_fallback": True}}


def sentencepiece(texts):
    def run(command, lines):
        return subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, encoding="utf8", check=True).stdout.split("\n")[:-1]
    model = f"--model={HERE}/small.model"
    ids = run(["spm_encode", model, "--output_format=id"], texts)
    return [[int(i) for i in line.split()] for line in ids], run(["spm_decode", model, "--input_format=id"], ids)


HUGGING_FACE = """
const { Tokenizer } = require('@anush008/tokenizers');
const [file, texts] = [process.argv[1], JSON.parse(require('fs').readFileSync(0, 'utf8'))];
(async () => {
  const tokenizer = Tokenizer.fromString(require('fs').readFileSync(file, 'utf8'));
  const ids = [];
  for (const text of texts) ids.push((await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds());
  const decoded = [];
  for (const each of ids) decoded.push(await tokenizer.decode(each, true));
  console.log(JSON.stringify([ids, decoded]));
})();
"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        train(folder)
    with open(f"{HERE}/small.json", "w", encoding="utf8") as file:
        json.dump(tokenizer_json(), file, ensure_ascii=False, separators=(",", ":"))
    numbers = draw(2)
    texts = ["".join(PARTS[next(numbers) % len(PARTS)] for _ in range(1 + next(numbers) % 9)) for _ in range(150)]
    texts += ["a" + " " * 18 + "b", "the" * 40, "river stones of the house, said she."]
    spm = sentencepiece(texts)
    hf = json.loads(subprocess.run(["node", "-e", HUGGING_FACE, f"{HERE}/small.json"], input=json.dumps(texts), capture_output=True,
                                   encoding="utf8", check=True).stdout)
    cases = [{"text": t, "spm": s, "spm_text": st, "hf": h, "hf_text": ht} for t, s, st, h, ht in zip(texts, *spm, *hf)]
    with open(f"{HERE}/expected.json", "w", encoding="utf8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases) + "\n]\n")


main()
