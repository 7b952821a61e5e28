-- SPDX-License-Identifier: MIT
--
-- load.lua - what wrk sends and how it counts, told by a Lua file that load.mjs
-- writes: wrk -s load.lua URL -- FILE
--
-- plan.sequence holds the numbers of plan.requests in the order in which they are
-- sent, over and over.  A request may have values, one a line of a file, which go
-- behind its body or into its header Authorization:
--   cycle   each in turn, over and over
--   once    each at most once
--   chain   each at most once, and the refresh token of each answer is a new one
-- Nothing is left to send: that is counted as starved.  wrk asks for one request
-- that it does not send, so a chain needs a value more than there are connections.

local plan, at, pools
starved = 0
broken = 0

local function lines_of(file)
  local lines = {}
  if file then
    for line in io.lines(file) do table.insert(lines, line) end
  end
  return lines
end

local function pool_of(request)
  local values = lines_of(request.values)
  local pool = { first = 1, last = #values, values = values }
  if request.kind == 'cycle' then
    for i, value in ipairs(pool.values) do
      local headers = {}
      for k, v in pairs(request.headers) do headers[k] = v end
      headers.Authorization = value
      pool.values[i] = wrk.format(request.method, request.path, headers, request.body)
    end
  elseif not request.kind then
    pool.text = wrk.format(request.method, request.path, request.headers, request.body)
  end
  return pool
end

local function take(pool)
  if pool.first > pool.last then return nil end
  local value = pool.values[pool.first]
  pool.values[pool.first] = nil
  pool.first = pool.first + 1
  return value
end

function init(args)
  plan = dofile(args[1])
  at = 0
  pools = {}
  for i, request in ipairs(plan.requests) do pools[i] = pool_of(request) end
  if plan.chained then
    response = function(status, headers, body)
      local token = body:match('"refresh_token":%s*"([^"]+)"')
      local pool = pools[plan.chained]
      if token then
        pool.last = pool.last + 1
        pool.values[pool.last] = token
      elseif status == 200 and #plan.requests == 1 then
        broken = broken + 1
      end
    end
  end
end

local function next_of(request, pool)
  if not request.kind then return pool.text end
  if request.kind == 'cycle' then
    pool.at = (pool.at or 0) % #pool.values + 1
    return pool.values[pool.at]
  end
  local value = take(pool)
  if not value then return nil end
  return wrk.format(request.method, request.path, request.headers, request.body .. value)
end

function request()
  at = at % #plan.sequence + 1
  local number = plan.sequence[at]
  local text = next_of(plan.requests[number], pools[number])
  if text then return text end
  starved = starved + 1
  return wrk.format('GET', '/starved')
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

function done(summary, latency)
  local lost, odd = 0, 0
  for _, thread in ipairs(threads) do
    lost = lost + thread:get('starved')
    odd = odd + thread:get('broken')
  end
  local errors = summary.errors
  print(string.format('{"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,'
    .. '"refused":%d,"timeouts":%d,"broken":%d,"starved":%d,"odd":%d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.timeout, errors.connect + errors.read + errors.write, lost, odd))
end
