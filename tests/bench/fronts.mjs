// SPDX-License-Identifier: MIT
// fronts.mjs - the web servers to compare, and how each serves the floors.
//
// A front has a title and options(folder, others): what startSite() needs to serve
// a file at /mcp behind our guard, the floors of that folder and, where modules of
// others can stand beside, their lines. Floors stand at
//   /floor/document   a file
//   /floor/responder, /floor/refresh, /floor/introspect, /floor/cgi
//   /floor/checker, /floor/authorizer: the same file behind these two
// processes is how many of each program run, as many as of ours; where the web
// server starts none, listeners(folder, port) is where they listen, a list each.

const responders = ['responder', 'refresh', 'introspect']
const guards = ['checker', 'authorizer']
const programs = [...responders, ...guards]
const socketsOf = (folder, name, n) => Array.from({ length: n }, (_, i) => `${folder}/run/${name}-${i}.socket`)
const perProgram = make => Object.fromEntries(programs.map(name => [name, make(name)]))
const oneSocket = folder => perProgram(name => socketsOf(folder, name, 1))

// ---- Apache, by mod_fcgid or with workers beside it

const apacheProcesses = { responder: 4, refresh: 16, introspect: 4, checker: 64, authorizer: 64 }

const apacheCommon = folder => `<Directory ${folder}/static>
  Require all granted
</Directory>
Alias /floor/document ${folder}/static/document
Alias /mcp ${folder}/static/document
Use GuardMCP /mcp
# What wrk does for minutes on one connection.
MaxKeepAliveRequests 0
# A process all of whose threads are busy, and one too many, closes the connections
# of its clients, which then do not know what became of a request.
ServerLimit 2
StartServers 2
ThreadLimit 128
ThreadsPerChild 128
MaxRequestWorkers 256
MinSpareThreads 128
MaxSpareThreads 256`

const apacheGuarded = (folder, name, lines) => `Alias /floor/${name} ${folder}/static/document
<Location /floor/${name}>
  CGIPassAuth On
${lines}
</Location>`

const fcgidLines = folder => `${Object.entries(apacheProcesses)
    .map(([name, n]) => `FcgidCmdOptions ${folder}/bin/${name} MaxProcesses ${n} MinProcesses 1 IdleTimeout 120`).join('\n')}
<Directory ${folder}/bin>
  Options +ExecCGI
  SetHandler fcgid-script
  Require all granted
</Directory>
<Files cgi>
  SetHandler cgi-script
</Files>
${apacheCommon(folder)}
${guards.map(name => apacheGuarded(folder, name, `  FcgidAccessChecker ${folder}/bin/${name}
  Header always unset Variable-MCP_SUBJECT`)).join('\n')}
Alias /floor/ ${folder}/bin/
# This one as plain CGI.
<Location /api/oauth/health>
  SetHandler cgi-script
  SetEnv MCP_OAUTH_CONFIG "\${MCP_OAUTH_CONFIG}"
</Location>`

// mod_authnz_fcgi knows no unix sockets.
const poolAddress = { checker: '127.0.0.3', authorizer: '127.0.0.4' }

const poolLines = folder => `${guards.map(name => `AuthnzFcgiDefineProvider authn floor_${name} fcgi://${poolAddress[name]}:@PORT@/`).join('\n')}
${apacheCommon(folder)}
${guards.map(name => apacheGuarded(folder, name, `  AuthType Bearer
  AuthName floor
  AuthnzFcgiCheckAuthnProvider floor_${name} Authoritative On RequireBasicAuth Off UserExpr "%{reqenv:MCP_SUBJECT}"
  Require valid-user`)).join('\n')}
${responders.map(name => `ProxyPass /floor/${name} "unix:${folder}/run/${name}-0.socket|fcgi://floor_${name}/floor/${name}" retry=0`).join('\n')}`

// ---- the others

function lighttpdLines (folder, processes) {
  const hosts = (name, more) => `((${socketsOf(folder, name, processes[name]).map(socket => `"socket" => "${socket}", "check-local" => "disable"${more}`).join('), (')}))`
  const file = path => `alias.url = ( "${path}" => "${folder}/static/document" )`
  return `server.max-keep-alive-requests = 65535
$HTTP["url"] =~ "^/mcp(/|$)" {
  ${file('/mcp')}
  include var.mcp_oauth_share + "/guard.conf"
}
$HTTP["url"] == "/floor/document" {
  ${file('/floor/document')}
}
${responders.map(name => `$HTTP["url"] == "/floor/${name}" {
  fastcgi.server = ( "/floor/${name}" => ${hosts(name, '')} )
}`).join('\n')}
${guards.map(name => `$HTTP["url"] == "/floor/${name}" {
  fastcgi.server = ( "/" => ${hosts(name, ', "mode" => "authorizer"')} )
  ${file('/floor/' + name)}
}`).join('\n')}`
}

const nginxLines = folder => `    keepalive_requests 100000000;
    location ^~ /mcp {
      alias ${folder}/static/document;
      include conf/guard.conf;
    }
    location = /floor/document {
      alias ${folder}/static/document;
    }
${responders.map(name => `    location = /floor/${name} {
      include conf/fastcgi.conf;
      fastcgi_pass unix:${folder}/run/${name}-0.socket;
    }`).join('\n')}
${guards.map(name => `    location = /floor/${name} {
      auth_request /floor/ask/${name};
      alias ${folder}/static/document;
    }
    location = /floor/ask/${name} {
      internal;
      include conf/fastcgi.conf;
      fastcgi_pass_request_body off;
      fastcgi_pass unix:${folder}/run/${name}-0.socket;
    }`).join('\n')}`

const caddyFile = folder => `      root * ${folder}/static
      rewrite * /document
      file_server`

const caddyLines = folder => `    @bench_mcp path /mcp
    route @bench_mcp {
      import mcp_oauth_guard
${caddyFile(folder)}
    }
    handle /floor/document {
${caddyFile(folder)}
    }
${responders.map(name => `    handle /floor/${name} {
      reverse_proxy unix/${folder}/run/${name}-0.socket {
        transport fastcgi
      }
    }`).join('\n')}
${guards.map(name => `    route /floor/${name} {
      reverse_proxy unix/${folder}/run/${name}-0.socket {
        method GET
        transport fastcgi
        @allowed status 200
        handle_response @allowed {
          request_header X-MCP-Subject {rp.header.Variable-MCP_SUBJECT}
        }
      }
${caddyFile(folder)}
    }`).join('\n')}`

const few = { responder: 2, refresh: 4, introspect: 2, checker: 2, authorizer: 2 }

export const fronts = {
  mod_fcgid: {
    title: 'Apache with mod_fcgid',
    modules: true, // of others, peers.mjs
    options: (folder, others) => ({ apache: `${fcgidLines(folder)}\n${others?.lines ?? ''}`, modules: `cgid ${others?.modules ?? ''}` })
  },
  pool: {
    title: 'Apache with workers of its own',
    processes: { responder: 4, refresh: 4, introspect: 4, checker: 4, authorizer: 4 },
    listeners: (folder, port) => ({ ...oneSocket(folder), checker: [`${poolAddress.checker}:${port}`], authorizer: [`${poolAddress.authorizer}:${port}`] }),
    options: folder => ({ front: 'pool', apache: poolLines(folder) })
  },
  lighttpd: {
    title: 'lighttpd',
    processes: few,
    // Each process has a socket of its own, as lighttpd starts them.
    listeners: folder => perProgram(name => socketsOf(folder, name, few[name])),
    options: folder => ({ front: 'lighttpd', extra: { SITE_LIGHTTPD_EXTRA: lighttpdLines(folder, few) } })
  },
  nginx: {
    title: 'nginx',
    processes: few,
    listeners: oneSocket,
    options: folder => ({ front: 'nginx', extra: { SITE_NGINX_EXTRA: nginxLines(folder) } })
  },
  caddy: {
    title: 'Caddy',
    processes: few,
    listeners: oneSocket,
    options: folder => ({ front: 'caddy', extra: { SITE_CADDY_EXTRA: caddyLines(folder) } })
  }
}
