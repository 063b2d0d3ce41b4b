// Makes dns.go of dns.ksy; see there.
const fs = require("fs");
const Compiler = require("kaitai-struct-compiler");
const spec = require("js-yaml").load(fs.readFileSync("dns.ksy", "utf8"));
new Compiler().compile("go", spec, null, false).then((files) => {
  for (const name in files) {
    // go vet minds variables that are assigned to themselves.
    const text = files[name].replace("\nimport (", "\npackage kaitai\n\nimport (").replace(/^\s*(tmp\d+) = \1\n/gm, "");
    fs.writeFileSync(name.replace("/", ""), text);
  }
});
