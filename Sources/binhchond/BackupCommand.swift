import ArgumentParser
import Ledger

struct Backup: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the ledger to one file, recounted and synced before it gets its name.",
    discussion: """
      Examples:
        binhchond backup --to /media/usb/binhchon-2026-11-22.db /var/lib/binhchon
        binhchond backup --to FILE --config /var/lib/binhchon/binhchon.yaml

      May run while the server does. Keep DIR/pepper with it: the ledger holds no secret, and without the pepper every \
      dossier could be rated again.
      """)

  @OptionGroup var place: LedgerPlace

  @Option(help: "The file to make; it must not exist.")
  var to: String

  func run() throws {
    let progress = Progress("pages copied")
    let directory = try place.path
    let report: LedgerBackup.Report
    do throws(LedgerFileError) {
      report = try LedgerBackup.run(directory: directory, to: to) { progress.show(UInt64($0), of: UInt64($1)) }
    } catch {
      throw Failure(error)
    }
    progress.end()
    print(
      "\(to): \(report.verified.entries) entries up to revision \(report.verified.revision), \(report.bytes) bytes, recounted"
    )
    print("backup: ok")
  }
}
