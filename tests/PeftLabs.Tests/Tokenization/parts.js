// Writes the ids and texts that Hugging Face's own tokenizers give for each configuration of parts.json, back into parts.json.
// usage: npm install @anush008/tokenizers@0.6 && node parts.js FIXTURES/tokenizers
const { Tokenizer } = require('@anush008/tokenizers');
const fs = require('fs');
const path = require('path');

const file = path.join(__dirname, 'parts.json');
const goldens = JSON.parse(fs.readFileSync(file));

function patched(configuration) {
  const fixture = path.join(process.argv[2], configuration.fixture, 'tokenizer.json');
  const tokenizer = JSON.parse(fs.readFileSync(fixture));
  const { model, ...rest } = configuration.patch;
  return { ...tokenizer, ...rest, model: { ...tokenizer.model, ...model } };
}

async function run(tokenizer, text) {
  const ids = (await tokenizer.encode(text, null, { addSpecialTokens: true })).getIds();
  return { ids, text: await tokenizer.decode(ids, true), all: await tokenizer.decode(ids, false) };
}

(async () => {
  for (const configuration of goldens.configurations) {
    const tokenizer = Tokenizer.fromString(JSON.stringify(patched(configuration)));
    configuration.expected = [];
    for (const text of goldens.texts) configuration.expected.push(await run(tokenizer, text));
  }
  const lines = goldens.configurations.map((configuration) => '    ' + JSON.stringify(configuration));
  const texts = goldens.texts.map((text) => '    ' + JSON.stringify(text));
  fs.writeFileSync(file, `{\n  "texts": [\n${texts.join(',\n')}\n  ],\n  "configurations": [\n${lines.join(',\n')}\n  ]\n}\n`);
})();
