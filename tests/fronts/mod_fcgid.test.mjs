// SPDX-License-Identifier: MIT
// apache-conf/mcp-oauth.conf: Apache with mod_fcgid in front.
import { frontDoor } from '../lib/front_door.mjs'

// Programs end under a request, and old threads may wait for a process manager
// that has ended.
frontDoor('apache', { losesAtReload: true })
