// The hub's own JavaScript client against the tests' server. ForeignClientTests runs it and judges what it prints:
//   node foreign-client.cjs FOLDER-WITH-NODE_MODULES HUB-URL MODEL COMMIT TOKEN ITS-CACHE OUR-CACHE
const { createRequire } = require("node:module");
const { sep } = require("node:path");

const [folder, hubUrl, repo, commit, accessToken, itsCache, ourCache] = process.argv.slice(2);
const hub = createRequire(folder + sep)("@huggingface/hub");
console.debug = () => {};

async function failure(action) {
  try {
    await action();
    return "none";
  } catch (error) {
    return `${error.statusCode} ${error.message}`;
  }
}

async function main() {
  const info = await hub.modelInfo({ name: repo, hubUrl, additionalFields: ["sha"] });
  const snapshot = await hub.snapshotDownload({ repo, hubUrl, cacheDir: itsCache });
  const weights = await hub.downloadFile({ repo, hubUrl, path: "model.safetensors", accessToken });
  const part = new Uint8Array(await weights.slice(1000, 1016).arrayBuffer());
  const missing = await hub.downloadFile({ repo, hubUrl, path: "nothing.json" });
  const ours = [];
  for (const path of ["config.json", "model.safetensors", "tokenizer.json"])
    ours.push(await hub.downloadFileToCacheDir({ repo, hubUrl, path, revision: commit, cacheDir: ourCache }));
  const scan = await hub.scanCacheDir(ourCache);
  console.log(JSON.stringify({
    sha: info.sha,
    snapshot,
    size: weights.size,
    part: [...part],
    missing,
    ours,
    warnings: scan.warnings.map(String),
    repos: scan.repos.map((found) => ({
      name: found.id.name,
      revisions: found.revisions.map((r) => ({ commit: r.commitOid, refs: r.refs, size: r.size, files: r.files.length })),
    })),
    errors: {
      repo: await failure(() => hub.modelInfo({ name: "owner/none", hubUrl, accessToken })),
      revision: await failure(() => hub.modelInfo({ name: repo, hubUrl, revision: "v9" })),
      gated: await failure(() => hub.downloadFile({ repo: "owner/gated", hubUrl, path: "config.json" })),
      admitted: await failure(() => hub.downloadFile({ repo: "owner/gated", hubUrl, path: "config.json", accessToken })),
    },
  }));
}

main();
