// Reads pages with one tool of Node.js, and answers how long each took, as `worker.py` does.
//
//     node benchmarks/worker.js TOOL FOLDER
//
// FOLDER holds the node_modules of the tool.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const { createRequire } = require("node:module");

const [name, folder] = process.argv.slice(2);
const load = createRequire(path.join(path.resolve(folder), "worker.js"));

// Each returns a function from a page to what its text is, or null where it gives none.
const TOOLS = {
    wtf_wikipedia() {
        const wtf = load("wtf_wikipedia");
        return (row) => wtf(row.wikitext, { title: row.title, domain: `${row.lang}.wikipedia.org` }).text();
    },
    "wikiparser-node"() {
        const parse = parser();
        return (row) => (parse(row), null);
    },
    "wikiparser-node-html"() {
        const parse = parser();
        // It shows the name of a template that it has not; in the comparison these are nothing.
        const unknown = /<a [^<>]*title="Template:[^"]*"[^<>]*>[^<]*<\/a>/g;
        return (row) => parse(row).toHtml().replace(unknown, "");
    },
};

function parser() {
    const { default: module, ...rest } = load("wikiparser-node");
    const Parser = module ?? rest;
    const configs = {}; // Of each language, made once.
    return (row) => {
        const name = row.lang === "en" ? "enwiki" : "zhwiki";
        Parser.config = configs[name] ?? name;
        const root = Parser.parse(row.wikitext, false);
        configs[name] = Parser.config;
        return root;
    };
}

function peak() {
    try {
        return Number(/^VmHWM:\s*(\d+)/m.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
    } catch {
        return 0;
    }
}

function version(tool) {
    const found = path.join(folder, "node_modules", tool.replace(/-html$/, ""), "package.json");
    return JSON.parse(fs.readFileSync(found, "utf8")).version;
}

function answer(said) {
    process.stdout.write(JSON.stringify(said) + "\n");
}

for (const kind of ["log", "info", "warn", "error", "debug"]) {
    console[kind] = () => {}; // Whatever a tool prints is no answer.
}

let tool;
try {
    tool = TOOLS[name]();
    answer({ version: version(name), peak: peak() });
} catch (error) {
    answer({ error: String(error).split("\n")[0] });
    process.exit(1);
}
readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const row = JSON.parse(line);
    const start = process.cpuUsage();
    let text;
    try {
        text = tool(row);
    } catch (error) {
        answer({ error: String(error).slice(0, 200) });
        return;
    }
    const { user, system } = process.cpuUsage(start);
    const shown = row.show && text !== null ? { text } : {};
    answer({ seconds: (user + system) / 1e6, peak: peak(), ...shown });
});
