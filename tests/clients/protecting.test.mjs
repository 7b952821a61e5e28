// SPDX-License-Identifier: MIT
// docs/protecting-a-server.md: its servers behind the guard, and its verifiers
// without it, in Node, Python and PHP.  Those in Go are in long/.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testServer, testVerifier } from '../lib/recipes.mjs'

testServer('server.mjs', [process.execPath, 'server.mjs'])
testServer('server.php', ['php', '-S', '127.0.0.1:PORT', 'server.php'])

// Of FastMCP, which Debian does not have, as much as server.py uses.
const standIn = {
  '__init__.py': `
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from .server import dependencies
from .exceptions import ToolError


class FastMCP:
    def __init__(self, name):
        self.name, self.tools = name, {}

    def tool(self, function):
        self.tools[function.__name__] = function
        return function

    def result(self, method, params):
        if method == "initialize":
            return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
                    "serverInfo": {"name": self.name, "version": "0"}}
        if method == "tools/list":
            return {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in self.tools]}
        try:
            return {"content": [{"type": "text", "text": self.tools[params["name"]]()}]}
        except ToolError as error:
            return {"content": [{"type": "text", "text": str(error)}], "isError": True}

    def run(self, transport, host, port):
        assert transport == "http"
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                dependencies.current.headers = {k.lower(): v for k, v in self.headers.items()}
                if "id" not in message:
                    self.send_response(202)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                result = server.result(message["method"], message.get("params", {}))
                body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.send_error(405)

            def log_message(self, *_):
                pass

        ThreadingHTTPServer((host, port), Handler).serve_forever()
`,
  'exceptions.py': 'class ToolError(Exception):\n    pass\n',
  'server/__init__.py': '',
  'server/dependencies.py': `
import threading

current = threading.local()


def get_http_headers():
    return current.headers
`
}
testServer('server.py', ['/usr/bin/python3', 'server.py'], {
  async prepare (folder) {
    await mkdir(join(folder, 'fastmcp/server'), { recursive: true })
    for (const [name, text] of Object.entries(standIn)) await writeFile(join(folder, 'fastmcp', name), text)
  }
})

testVerifier('verify.mjs', {
  name: 'harness.mjs',
  text: `import { verify } from './verify.mjs'
for (const token of process.argv.slice(2)) {
  console.log(await verify(token).then(JSON.stringify, () => 'refused'))
}
`
}, [process.execPath, 'harness.mjs'])

testVerifier('verify.py', {
  name: 'harness.py',
  text: `import json, sys
import jwt
from verify import verify
for token in sys.argv[1:]:
    try:
        print(json.dumps(verify(token)))
    except jwt.PyJWTError:
        print("refused")
`
}, ['/usr/bin/python3', 'harness.py'])

testVerifier('verify.php', {
  name: 'harness.php',
  text: `<?php
require 'verify.php';
$keys = fetch_keys();
foreach (array_slice($argv, 1) as $token) {
    try {
        echo json_encode(verify($token, $keys)), "\\n";
    } catch (Exception $e) {
        echo "refused\\n";
    }
}
`
}, ['php', 'harness.php'])
