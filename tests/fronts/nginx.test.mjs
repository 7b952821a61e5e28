// SPDX-License-Identifier: MIT
// nginx-conf: nginx in front, programs started by spawn-fcgi.
import { frontDoor } from '../lib/front_door.mjs'

// It runs no CGI programs.
frontDoor('nginx', { servers: ['whoami'] })
