// SPDX-License-Identifier: MIT
// docs/protecting-a-server.md: its server and its verifier in Go, by a compiler
// of Debian's and without a module from elsewhere.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { testServer, testVerifier } from '../../lib/recipes.mjs'

const run = promisify(execFile)
const build = (...sources) => folder => run('gccgo-12', ['-o', 'program', ...sources], { cwd: folder })

testServer('server.go', ['./program'], { prepare: build('server.go') })
testVerifier('verify.go', {
  name: 'harness.go',
  text: `package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	keys, err := fetchKeys()
	if err != nil {
		panic(err)
	}
	for _, token := range os.Args[1:] {
		c, err := verify(token, keys)
		if err != nil {
			fmt.Println("refused")
			continue
		}
		text, _ := json.Marshal(map[string]string{"sub": c.Sub, "email": c.Email})
		fmt.Println(string(text))
	}
}
`
}, ['./program'], { prepare: build('verify.go', 'harness.go') })
