import Foundation
import Ledger
import Logging
import Polling
import Schema
import Testing

@testable import Server

/// What kiosks are told of backups with each answer.
@Suite(.timeLimit(.minutes(1))) struct BackedUpThroughTests {
  @Test func kiosksAreToldHowFarTheNewestBackupReaches() async throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "binhchon-backed-up-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: root) }
    let directory = root + "/data"
    try SQLiteLedger.create(directory: directory)
    let clock = KioskCastingTests.Clock()
    let assembly = try await Assembly.open(
      Assembly.Options(
        dataDirectory: directory, trustDomain: "t", commitQueue: 64,
        hash: { Array(($0 + [UInt8](repeating: 0, count: 32)).prefix(32)) }, now: { clock.now }),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onDiskFailure: {})
    var publish = Binhchon_V1_PublishPollRequest()
    publish.poll = try HaiChauPoll.poll().message(isClosed: false, at: clock.now)
    _ = try await KioskCastingTests.admin(assembly).call(PollMethods.publishPoll, publish)

    var kiosk = KioskCastingTests.Kiosk(
      caller: ServiceTests.caller(assembly, "kiosk/hai-chau/mot-cua/k1"), clock: clock)
    let first = try await kiosk.send(kiosk.request([kiosk.press(), kiosk.press()])).kiosk
    #expect(first.revision == 3)
    #expect(first.backedUpThrough == 0)
    // Made while the server runs, by whatever process.
    try LedgerBackup.note(try LedgerBackup.run(directory: directory, to: root + "/backup"), directory: directory)
    let second = try await kiosk.send(kiosk.request([kiosk.press()])).kiosk
    #expect(second.revision == 4)
    #expect(second.backedUpThrough == 3)
    // A sign of life is answered so too.
    #expect(try await kiosk.send(kiosk.request([])).kiosk.backedUpThrough == 3)
    await assembly.close()
  }
}
