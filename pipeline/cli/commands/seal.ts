import { encryptStream } from "../../crypto/age/file.ts";
import { PipelineError } from "../../core/error.ts";
import { readPieces, writeAtomically } from "../../run/files.ts";
import { oneWord, parseArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { commandLineSecrets } from "../secrets.ts";

export const command: Command = {
  help: `Usage:  probity seal FILE|- --output FILE.age --recipient age1…[…]
        probity seal FILE|- --output FILE.age --passphrase-fd N

Encrypt a file (or stdin) in the age format; probity open and stock age decrypt it.

      --output FILE       where to write (mode 0600, complete or not at all)
      --recipient age1…   who may open it; may be given several times
      --passphrase-fd N   use a passphrase from file descriptor N instead
      --json              print {file, bytes, sha256}

Example:  probity seal raw.csv --output raw.csv.age --recipient "$(age-keygen -y key.txt)"`,

  async run(argv, terminal) {
    const args = parseArguments(argv, {
      output: "string",
      recipient: "list",
      "passphrase-fd": "number",
      json: "boolean",
    });
    const input = oneWord(args.words, "FILE");
    if (args.output === undefined) throw new PipelineError("usage", "--output FILE is missing");
    const secrets = commandLineSecrets({
      "key-file": undefined,
      "passphrase-fd": args["passphrase-fd"],
      identity: [],
    });
    const passphrase =
      args.recipient.length > 0 ? undefined : await secrets.passphrase("for the file", true);
    if (args.recipient.length === 0 && passphrase === undefined) {
      throw new PipelineError("usage", "nobody could open it", {
        hint: "give --recipient age1… or --passphrase-fd N",
      });
    }
    const plain: AsyncIterable<Uint8Array> = input === "-" ? process.stdin : readPieces(input);
    const sealed = encryptStream(plain, {
      recycle: true,
      ...(passphrase === undefined
        ? { recipients: args.recipient }
        : { recipients: [], passphrase }),
    });
    const written = await writeAtomically(args.output, sealed);
    if (args.json)
      terminal.json({ file: args.output, bytes: written.bytes, sha256: written.digest });
    else
      terminal.out(
        `${args.output}: ${written.bytes.toLocaleString("en")} bytes, sha256 ${written.digest}`,
      );
    return 0;
  },
};
