// SPDX-License-Identifier: MIT
// fronts.mjs - the web servers to compare, and how each serves the floors.
//
// A front has a title and options(folder, others): what startSite() needs to serve
// a file at /mcp behind our guard, the floors of that folder and, where modules of
// others can stand beside, their lines. Floors stand at
//   /floor/document   a file
//   /floor/responder, /floor/refresh, /floor/cgi
//   /floor/checker, /floor/authorizer: the same file behind these two

// As many processes as ours have.
const apacheProcesses = { responder: 4, refresh: 16, checker: 32, authorizer: 32 }

function apacheLines (folder) {
  const programs = Object.entries(apacheProcesses)
    .map(([name, n]) => `FcgidCmdOptions ${folder}/bin/${name} MaxProcesses ${n} MinProcesses 1 IdleTimeout 120`)
  const guarded = ['checker', 'authorizer'].map(name => `Alias /floor/${name} ${folder}/static/document
<Location /floor/${name}>
  CGIPassAuth On
  FcgidAccessChecker ${folder}/bin/${name}
  Header always unset Variable-MCP_SUBJECT
</Location>`)
  return `${programs.join('\n')}
<Directory ${folder}/static>
  Require all granted
</Directory>
<Directory ${folder}/bin>
  Options +ExecCGI
  SetHandler fcgid-script
  Require all granted
</Directory>
<Files cgi>
  SetHandler cgi-script
</Files>
Alias /floor/document ${folder}/static/document
${guarded.join('\n')}
Alias /floor/ ${folder}/bin/
Alias /mcp ${folder}/static/document
Use GuardMCP /mcp
# This one as plain CGI.
<Location /api/oauth/health>
  SetHandler cgi-script
  SetEnv MCP_OAUTH_CONFIG "\${MCP_OAUTH_CONFIG}"
</Location>
# What wrk does for minutes on one connection.
MaxKeepAliveRequests 0`
}

export const fronts = {
  mod_fcgid: {
    title: 'Apache with mod_fcgid',
    modules: true, // of others, peers.mjs
    options: (folder, others) => ({ apache: `${apacheLines(folder)}\n${others?.lines ?? ''}`, modules: `cgid ${others?.modules ?? ''}` })
  }
}
