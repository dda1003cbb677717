import ArgumentParser
import FoundationEssentials
import Glibc
import Ledger
import Server

struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the ledger to one file, recounted and synced before it gets its name.",
    discussion: """
      Examples:
        binhchond backup --to /media/usb/binhchon-2026-11-22.db /var/lib/binhchon
        # and try whether it can be restored
        binhchond backup --verify --to FILE --config /var/lib/binhchon/binhchon.yaml

      May run while the server does. Kiosks forget what a backup holds, so put it on another disk than the ledger's, and \
      keep it until there is a newer one: a file of DIR, backed-up, tells the server how far it reaches. Keep DIR/pepper with it: the ledger holds no secret, and without the pepper every \
      dossier could be rated again. What was published of polls with k over 1 is copied to FILE.publications.json: keep \
      it with FILE too.
      """)

  @OptionGroup var place: LedgerPlace

  @Option(help: "The file to make; it must not exist.")
  var to: String

  @Flag(help: "Also restore the copy beside it, as on the day of need, open it, and remove that again.")
  var verify = false

  func run() async throws {
    let progress = Progress("pages copied")
    let directory = try place.path
    let publications = PublicationMemory.path(besides: to)
    guard !FileManager.default.fileExists(atPath: publications) else {
      throw Failure(.cannotCreate, "\(publications) exists: a backup never replaces a file")
    }
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
    // After the ledger: what was published of what the copy holds is in it for certain.
    let hasPublications: Bool
    do { hasPublications = try PublicationMemory.copy(directory: directory, besides: to) } catch {
      throw Failure(.ioError, "\(to) is good, but what was published cannot be copied beside it: \(error)")
    }
    if hasPublications { print("\(publications): what was published by now") }
    if verify { try await rehearse(report.verified) }
    do throws(LedgerFileError) {
      try LedgerBackup.note(report, directory: directory)
    } catch {
      // The backup is good all the same.
      printToStandardError("binhchond: kiosks are not told of this backup, and keep what it holds: \(error.message)")
    }
    print("backup: ok")
  }

  private func rehearse(_ verified: VerifyReport) async throws {
    let place = "\(to).rehearsal-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: place) }
    do {
      _ = try LedgerRestore.run(backup: to, to: place)
      let (ledger, state) = try SQLiteLedger.open(directory: place) { _ in }
      await ledger.close()
      guard state.revision == verified.revision, state.epoch != verified.epoch else {
        throw Failure(.damagedData, "\(to) restores to revision \(state.revision), not \(verified.revision)")
      }
    } catch let error as LedgerFileError {
      throw Failure(error)
    }
    print("\(to): restored and opened in a rehearsal")
  }
}
