// SPDX-License-Identifier: MIT
// lighttpd-conf: lighttpd in front.
import { frontDoor } from '../lib/front_door.mjs'

frontDoor('lighttpd')
