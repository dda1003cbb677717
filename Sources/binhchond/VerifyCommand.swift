import ArgumentParser
import FoundationEssentials
import Ledger
import Server

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Recount every figure from the ledger's entries alone and compare.",
    discussion: """
      Examples:
        binhchond verify /var/lib/binhchon
        binhchond verify --config /var/lib/binhchon/binhchon.yaml --json
        # a backup
        binhchond verify /media/usb/binhchon-2026-11-22.db
        # beside a recount that shares no code with this one
        binhchond verify DIR --bulletin counts.txt && scripts/recount DIR | cmp - counts.txt

      Also compares every figure that DIR/publications.json, or FILE.publications.json beside a backup, remembers as published \
      of polls with k over 1 with the entries by then.

      May run while the server does. Exit status 0: equal; 1: different, each difference on a line; more: could not \
      tell.
      """)

  @OptionGroup var place: LedgerPlace

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "Also write every count to this file, a line each: what scripts/recount prints.", completion: .file())
  var bulletin: String?

  func run() throws {
    let progress = Progress("entries recounted")
    let path = try place.path
    let isFile = Self.isFile(path)
    var published =
      isFile
      ? PublicationCheck(path: PublicationMemory.path(besides: path)) : PublicationCheck(directory: path)
    let moments = published?.moments ?? [:]
    var report: VerifyReport
    do throws(LedgerFileError) {
      report =
        isFile
        ? try LedgerVerifier.run(backup: path, moments: moments) { progress.show($0, of: $1) }
        : try LedgerVerifier.run(directory: path, moments: moments) { progress.show($0, of: $1) }
    } catch {
      throw Failure(error)
    }
    progress.end()
    published?.compare(with: report, mayEndEarlier: isFile)
    report.add(differences: published?.differences ?? [])
    if let bulletin { try write(report.bulletin, to: bulletin) }
    if json {
      print(try Summary(report, published).text)
    } else {
      for difference in report.differences { print("difference: \(difference)") }
      let hidden = report.differenceCount - UInt64(report.differences.count)
      if hidden > 0 { print("… and \(hidden) more differences") }
      let seconds = Double(report.duration.components.seconds) + Double(report.duration.components.attoseconds) / 1e18
      print(
        "\(report.entries) entries (ballots \(report.ballots), voided \(report.voided), polls \(report.polls)), "
          + "\(report.cellCount) cells, revision \(report.revision), \(Int(report.entriesPerSecond)) entries/s, "
          + "\(seconds.formatted(.number.precision(.fractionLength(2)))) s")
      if let published {
        print("\(published.equal) published figures equal")
        if published.uncounted > 0 {
          print("\(published.uncounted) published figures not compared: these entries are not in this ledger")
        }
      }
      print(report.isClean ? "verify: ok" : "verify: DIFFERENT (\(report.differenceCount) differences)")
    }
    if !report.isClean { throw ExitCode(Failure.Status.different.rawValue) }
  }

  private func write(_ lines: [String], to file: String) throws(Failure) {
    let text = lines.map { $0 + "\n" }.joined()
    guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8)) else {
      throw Failure(.cannotCreate, "cannot write \(file): \(Failure.systemReason)")
    }
  }

  /// A backup is one file; a data directory is none.
  private static func isFile(_ path: String) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory
  }

  private struct Summary: Encodable {
    var ok: Bool
    var ledgerEpoch: String
    var revision: UInt64
    var entries: UInt64
    var ballots: UInt64
    var voided: UInt64
    var polls: UInt64
    var cells: UInt64
    var entriesPerSecond: Int
    /// Absent: nothing is remembered as published.
    var publishedEqual: UInt64?
    var publishedNotCompared: UInt64?
    var differenceCount: UInt64
    var differences: [String]

    init(_ report: VerifyReport, _ published: PublicationCheck?) {
      ok = report.isClean
      ledgerEpoch = report.epoch
      revision = report.revision
      entries = report.entries
      ballots = report.ballots
      voided = report.voided
      polls = report.polls
      cells = report.cellCount
      entriesPerSecond = Int(report.entriesPerSecond)
      publishedEqual = published?.equal
      publishedNotCompared = published?.uncounted
      differenceCount = report.differenceCount
      differences = report.differences
    }

    var text: String {
      get throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self)
      }
    }
  }
}
