// SPDX-License-Identifier: MIT
// apache-conf/pool.conf: Apache with preforked workers in front.
import { frontDoor } from '../lib/front_door.mjs'

frontDoor('pool')
