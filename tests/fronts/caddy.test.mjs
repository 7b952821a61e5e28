// SPDX-License-Identifier: MIT
// docs/caddy: Caddy in front, programs started by spawn-fcgi.
import { frontDoor } from '../lib/front_door.mjs'

// It runs no CGI programs, and closes connections that it has only just accepted.
frontDoor('caddy', { servers: ['whoami'], losesAtReload: true })
