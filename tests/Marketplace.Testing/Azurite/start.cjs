// Serves Azurite's table service in memory on a free port of the loopback interface, says which on standard output, and ends
// when standard input does: the emulator dies with the test process, however that dies.
const TableConfiguration = require("azurite/dist/src/table/TableConfiguration").default;
const TableServer = require("azurite/dist/src/table/TableServer").default;

const configuration = new TableConfiguration(
  "127.0.0.1", 0, 60, "unused", false, false, undefined, undefined, false, false, undefined, undefined, undefined, undefined, false, true);
const server = new TableServer(configuration);
server.start().then(
  () => console.log("listening " + server.getHttpServerAddress()),
  (fault) => { console.error(fault); process.exit(1); });

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
