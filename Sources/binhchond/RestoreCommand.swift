import ArgumentParser
import FoundationEssentials
import Glibc
import Ledger
import Server
import TLS

struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a ledger of a backup, recounted, under a new epoch.",
    discussion: """
      Examples:
        # a new directory, with the pepper that was kept beside the backup
        binhchond restore /media/usb/binhchon-2026-11-22.db /var/lib/binhchon-new --pepper /media/usb/pepper
        # a data directory that lost its ledger, and has its pepper still
        binhchond restore /media/usb/binhchon-2026-11-22.db /var/lib/binhchon

      Never touches a ledger: one that is there must be moved away first, with ledger.db-wal and ledger.db-shm. What \
      was counted after the backup comes again from the kiosks, which see the new epoch and offer what they have.

      Polls with k over 1 go on from what was published of them: DIR/publications.json if it is still there, which knows \
      all of it; else FILE.publications.json, if --nothing-published-since says that it does too. Otherwise only days \
      to come are published of them; see binhchond publications.
      """)

  @Argument(help: "The backup.")
  var file: String

  @Argument(help: "The data directory: new, or without a ledger.")
  var directory: String

  @Option(help: "The pepper that belongs to the backup; copied to DIR/pepper if there is none. Default: DIR/pepper.")
  var pepper: String?

  @Flag(help: "Nobody was shown published figures after the backup: FILE.publications.json knows all of them.")
  var nothingPublishedSince = false

  func run() throws {
    let kept = "\(directory)/pepper"
    let secret = try Pepper.load(pepper ?? kept)
    if pepper != nil, FileManager.default.fileExists(atPath: kept), try Pepper.load(kept) != secret {
      throw Failure(.configuration, "\(kept) is another pepper than \(pepper ?? ""): move the wrong one away")
    }
    let fingerprint = try Assembly.secretFingerprint { try hmacSHA256(key: secret, message: $0) }
    let progress = Progress("entries recounted")
    // Before the ledger, which is served with no other: no crash leaves one without.
    let copied = FileManager.default.fileExists(atPath: kept) ? nil : pepper
    if let copied { try copy(copied, to: kept) }
    let report: LedgerRestore.Report
    do throws(LedgerFileError) {
      report = try LedgerRestore.run(backup: file, to: directory, secretFingerprint: fingerprint) {
        progress.show($0, of: $1)
      }
    } catch {
      if copied != nil { try? FileManager.default.removeItem(atPath: kept) }
      throw Failure(error)
    }
    progress.end()
    print(
      "\(directory): \(report.verified.entries) entries up to revision \(report.verified.revision), recounted; "
        + "epoch \(report.epoch) after \(report.verified.epoch)")
    if !FileManager.default.fileExists(atPath: "\(directory)/binhchon.yaml") {
      print("There is no \(directory)/binhchon.yaml yet: copy the one you had.")
    }
    try carryOver(report)
    print("restore: ok")
  }

  /// The ledger is there already: without this it is served all the same, and fewer days are published.
  private func carryOver(_ report: LedgerRestore.Report) throws {
    do {
      let restored = try PublicationMemory.carryOver(
        backup: file, directory: directory, from: report.verified.epoch, to: report.epoch,
        through: report.verified.revision, isComplete: nothingPublishedSince)
      switch restored {
      case .kept: print("Publications go on from \(directory)/publications.json.")
      case .copied: print("Publications go on from \(PublicationMemory.path(besides: file)).")
      case .nothing:
        print("It is not known what was published: of its polls with k over 1 only days to come will be.")
      }
    } catch {
      throw Failure(.ioError, "the ledger is restored, but not what was published: \(error)")
    }
  }

  private func copy(_ pepper: String, to kept: String) throws {
    guard let text = FileManager.default.contents(atPath: pepper) else {
      throw Failure(.noInput, "pepper file \(pepper) cannot be read")
    }
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
      throw Failure(.cannotCreate, "cannot make \(directory): \(Failure.systemReason)")
    }
    try writePrivateFile(String(decoding: text, as: UTF8.self), to: kept)
  }
}
