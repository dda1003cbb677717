import Foundation
import Ledger

@testable import Kiosk

/// What had been promised when the power was lost.
struct Promised: Sendable {
  var isMade = false
  var ballots: [Data] = []
  var isBackedUp = false
  var isRestored = false
  var taps: UInt64 = 0

  mutating func add(_ promise: Promise) {
    switch promise {
    case .made: isMade = true
    case .ballots(let ids): ballots += ids
    case .backedUp: isBackedUp = true
    case .restored: isRestored = true
    case .tap(let number): taps = max(taps, number)
    }
  }
}

/// A directory as a power loss left it, opened with the rooms that keep it.
struct RebuiltDisk {
  /// What `init` made, with the directory above it.
  static let data = "office/data"

  let path: String

  /// - Parameter base: a directory that may be emptied.
  init(_ image: SimulatedDisk.Image, in base: String) throws {
    path = base
    try? FileManager.default.removeItem(atPath: base)
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
    for directory in image.directories {
      try FileManager.default.createDirectory(atPath: "\(base)/\(directory)", withIntermediateDirectories: false)
    }
    for (name, bytes) in image.files {
      guard FileManager.default.createFile(atPath: "\(base)/\(name)", contents: Data(bytes)) else {
        throw CocoaError(.fileWriteUnknown)
      }
    }
  }

  /// What is wrong, in words.
  func problems(_ recording: Recording, _ promised: Promised, _ everCast: [Data]) async throws -> [String] {
    switch recording.place {
    case .server: try await serverProblems(recording, promised, everCast)
    case .kiosk: try kioskProblems(promised)
    }
  }

  // MARK: - Server

  private func serverProblems(
    _ recording: Recording, _ promised: Promised, _ everCast: [Data]
  ) async throws -> [String] {
    var problems: [String] = []
    // Made whole before it has its name, so that where the name is, all is.
    if promised.isMade || exists(Self.data) {
      for name in ["pepper", "binhchon.yaml", "certs/server.pem", "certs/kiosk.key"]
      where (size("\(Self.data)/\(name)") ?? 0) < 65 { problems.append("\(Self.data)/\(name) is not whole") }
      problems += try await ledgerProblems(Self.data, promised.ballots, everCast)
    }
    let backup = Array(everCast.prefix(recording.backedUp))
    if promised.isBackedUp || exists("backup.db") {
      do throws(LedgerFileError) {
        let report = try LedgerVerifier.run(backup: "\(path)/backup.db")
        if !report.isClean { problems.append("the backup does not recount: \(report.differences.first ?? "")") }
        if report.ballots != backup.count { problems.append("the backup has \(report.ballots) ballots") }
      } catch {
        problems.append("the backup: \(error)")
      }
    }
    if promised.isRestored || exists("restored/ledger.db") {
      if size("restored/pepper") != size("\(Self.data)/pepper") {
        problems.append("a restored ledger without its pepper")
      }
      problems += try await ledgerProblems("restored", backup, backup)
    }
    return problems
  }

  private func ledgerProblems(_ name: String, _ owed: [Data], _ everCast: [Data]) async throws -> [String] {
    let directory = "\(path)/\(name)"
    do {
      let (ledger, _) = try SQLiteLedger.open(directory: directory) { _ in }
      await ledger.close()
      var problems: [String] = []
      let report = try LedgerVerifier.run(directory: directory)
      if !report.isClean { problems.append("\(name) does not recount: \(report.differences.first ?? "")") }
      let entered = try LedgerRows(directory: directory).ballotIDs()
      let kept = Set(entered)
      if kept.count != entered.count { problems.append("\(name): \(entered.count - kept.count) ballots twice") }
      let lost = owed.count { !kept.contains($0) }
      if lost > 0 { problems.append("\(name): \(lost) of \(owed.count) acknowledged ballots lost") }
      if !kept.isSubset(of: everCast) { problems.append("\(name): ballots that nobody cast") }
      return problems
    } catch {
      return ["\(name) does not open, or cannot be read: \(error)"]
    }
  }

  // MARK: - Kiosk

  private func kioskProblems(_ promised: Promised) throws -> [String] {
    // Nothing is promised by a directory alone, and the kiosk makes what is missing.
    guard promised.taps > 0 || exists("spool/spool.db") else { return [] }
    do throws(SpoolError) {
      let spool = try Spool(directory: "\(path)/spool")
      if let name = spool.setAside { return ["the spool was damaged: \(name)"] }
      let status = spool.status
      var problems: [String] = []
      if status.presses < promised.taps { problems.append("\(promised.taps - status.presses) taps lost") }
      let pending = try spool.pending(limit: 1_000).map(\.sequence)
      if Set(pending).count != pending.count || pending.contains(where: { !(1...status.presses).contains($0) }) {
        problems.append("taps wait under wrong numbers: \(pending)")
      }
      if UInt64(pending.count) != status.pending {
        problems.append("\(status.pending) taps should wait, and \(pending.count) do")
      }
      return problems
    } catch {
      return ["the spool: \(error)"]
    }
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/\(name)")
  }

  private func size(_ name: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)"))?[.size] as? Int
  }
}
