import Foundation
import Testing

@testable import Kiosk

/// Spools that are damaged, or of a version to come.
@Suite(.timeLimit(.minutes(1))) struct SpoolDamageTests {
  let home: SpoolHome

  init() throws { home = try SpoolHome() }

  enum Damage: CaseIterable {
    case overwritten, emptied, cutShort, swappedForAnother, countsWrong
  }

  @Test(arguments: Damage.allCases)
  func aDamagedSpoolIsPutAsideAndANewOneBegun(_ damage: Damage) throws {
    var id: [UInt8] = []
    do {
      let spool = try home.open()
      id = spool.id
      _ = try spool.take((1...200).map { Samples.press($0) })
    }
    let file = home.path + "/spool.db"
    switch damage {
    case .overwritten, .emptied, .cutShort:
      let handle = try #require(FileHandle(forUpdatingAtPath: file))
      if damage == .cutShort { try handle.truncate(atOffset: try handle.seekToEnd() / 2) }
      if damage == .emptied { try handle.truncate(atOffset: 0) }
      if damage == .overwritten {
        try handle.seek(toOffset: 4_096)
        try handle.write(contentsOf: Data(repeating: 0x5A, count: 8_192))
      }
      try handle.close()
    case .swappedForAnother: try home.execute("PRAGMA application_id = 7")
    case .countsWrong: try home.execute("DELETE FROM tap WHERE sequence = 100")
    }
    let spool = try home.open()
    let aside = try #require(spool.setAside)
    #expect(aside.hasSuffix("/damaged-1.db"))
    #expect(FileManager.default.fileExists(atPath: aside))
    #expect(spool.id != id)
    #expect(spool.status.presses == 0)
    #expect(try spool.take([Samples.press(1)]).map(\.sequence) == [1])
  }

  @Test func aJournalWithoutItsSpoolIsPutAsideToo() throws {
    do {
      _ = try home.open().take([Samples.press(1)])
    }
    let place = home.path
    try FileManager.default.removeItem(atPath: place + "/spool.db")
    try Data("left behind".utf8).write(to: URL(fileURLWithPath: place + "/spool.db-wal"))
    let spool = try home.open()
    #expect(spool.status.presses == 0)
    #expect(FileManager.default.fileExists(atPath: place + "/damaged-1.db-wal"))
  }

  @Test func aNewersSpoolIsLeftAlone() throws {
    do {
      _ = try home.open().take([Samples.press(1)])
    }
    try home.execute("PRAGMA user_version = 6")
    #expect { try home.open() } throws: { ($0 as? SpoolError)?.code == .newer }
    try home.execute("PRAGMA user_version = 5")
    #expect(try home.open().status.presses == 1)
  }
}
