import Foundation
import Schema
import Testing

@testable import Kiosk

/// The profile on the kiosk's disk: whole, or not there at all.
@Suite(.timeLimit(.minutes(1))) struct ProfileFileTests {
  let directory: TemporaryDirectory
  let file: ProfileFile

  init() throws {
    directory = try TemporaryDirectory()
    file = ProfileFile(directory: directory.path)
  }

  private static func profile(_ version: UInt32 = 1, units: Int = 3) -> Binhchon_V1_GetProfileResponse {
    var profile = Binhchon_V1_GetProfileResponse()
    profile.etag = "e/\(version)/open"
    profile.poll.id = "hai-chau-hai-long"
    profile.poll.version = version
    profile.poll.status = .open
    profile.poll.units = (0..<units).map { number in
      var unit = Binhchon_V1_Unit()
      unit.path = "hai-chau/quay-\(number)"
      return unit
    }
    return profile
  }

  @Test func whatIsKeptIsThereAgain() throws {
    #expect(try file.read() == nil)
    try file.keep(Self.profile(1, units: 10_000))
    #expect(try file.read() == Self.profile(1, units: 10_000))
    try file.keep(Self.profile(2))
    #expect(try ProfileFile(directory: directory.path).read() == Self.profile(2))
    #expect(directory.files == ["profile"])
  }

  /// A power cut in the middle of keeping leaves the earlier one.
  @Test func halfOfANewOneIsNotLookedAt() throws {
    try file.keep(Self.profile(1))
    let whole = try #require(FileManager.default.contents(atPath: directory.path + "/profile"))
    try whole.prefix(20).write(to: URL(fileURLWithPath: directory.path + "/profile.new"))
    #expect(try file.read() == Self.profile(1))
    try file.keep(Self.profile(2))
    #expect(try file.read() == Self.profile(2))
    #expect(directory.files == ["profile"])
  }

  @Test func everyDamageIsNoticed() throws {
    try file.keep(Self.profile())
    let path = URL(fileURLWithPath: directory.path + "/profile")
    let whole = try Data(contentsOf: path)
    for length in 0..<whole.count {
      try whole.prefix(length).write(to: path)
      #expect(throws: ProfileFile.Unreadable.self) { try file.read() }
    }
    for position in whole.indices {
      var damaged = whole
      damaged[position] ^= 0x10
      try damaged.write(to: path)
      #expect(throws: ProfileFile.Unreadable.self) { try file.read() }
    }
    try whole.write(to: path)
    #expect(try file.read() == Self.profile())
  }

  @Test func whatIsNoProfileIsNotReadWhole() throws {
    let path = directory.path + "/profile"
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: 1 << 30)
    #expect(throws: ProfileFile.Unreadable.self) { try file.read() }
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(throws: ProfileFile.Unreadable.self) { try file.read() }
    #expect(throws: SpoolError.self) { try file.keep(Self.profile()) }
  }

  @Test func withoutADirectoryNothingIsKept() throws {
    let nowhere = ProfileFile(directory: directory.path + "/nowhere")
    #expect(try nowhere.read() == nil)
    #expect(throws: SpoolError.self) { try nowhere.keep(Self.profile()) }
  }
}

/// Every event in every state of what a kiosk knows: nothing, something kept, something just said, open or closed.
@Suite struct ProfileStateMachineTests {
  private static func profile(
    _ etag: String, _ status: Binhchon_V1_PollStatus = .open, poll: String = "p"
  ) -> Binhchon_V1_GetProfileResponse {
    var profile = Binhchon_V1_GetProfileResponse()
    profile.etag = etag
    profile.poll.id = poll
    profile.poll.status = status
    return profile
  }

  private static func unchanged(_ etag: String) -> Binhchon_V1_GetProfileResponse {
    var response = Binhchon_V1_GetProfileResponse()
    response.etag = etag
    response.unchanged = true
    return response
  }

  enum Event: Sendable {
    case answered(Binhchon_V1_GetProfileResponse)
    case failed
  }

  struct State: Sendable, CustomStringConvertible {
    var description: String
    var profile: Binhchon_V1_GetProfileResponse?
    var isCurrent: Bool
    var pause: Int64
  }

  static let states = [
    State(description: "nothing", profile: nil, isCurrent: false, pause: 1_000),
    State(description: "kept", profile: profile("a"), isCurrent: false, pause: 15_000),
    State(description: "kept, closed", profile: profile("a", .closed), isCurrent: false, pause: 15_000),
    State(description: "said", profile: profile("a"), isCurrent: true, pause: 300_000),
    State(description: "said, closed", profile: profile("a", .closed), isCurrent: true, pause: 15_000),
  ]

  @Test(arguments: states)
  func everyEvent(in state: State) {
    let begin = ProfileStateMachine(poll: "p", profile: state.profile, isCurrent: state.isCurrent)
    #expect(begin.pause == state.pause)
    #expect(begin.request.poll == "p")
    #expect(begin.request.etag == state.profile?.etag ?? "")
    #expect(begin.isCurrent == state.isCurrent)
    let known = state.profile != nil
    let usual: Int64 = state.profile?.poll.status == .open ? 300_000 : 15_000
    let rows: [(event: Event, isNew: Bool, etag: String?, isCurrent: Bool, pause: Int64)] = [
      (.failed, false, state.profile?.etag, false, known ? 15_000 : 1_000),
      (.answered(Self.profile("b")), true, "b", true, 300_000),
      (.answered(Self.profile("b", .closed)), true, "b", true, 15_000),
      (.answered(Self.unchanged("a")), false, state.profile?.etag, known, known ? usual : 1_000),
      // What no server says.
      (.answered(Self.unchanged("x")), false, state.profile?.etag, false, known ? 15_000 : 1_000),
      (.answered(Self.profile("b", poll: "q")), false, state.profile?.etag, false, known ? 15_000 : 1_000),
      (.answered(.init()), false, state.profile?.etag, false, known ? 15_000 : 1_000),
    ]
    for row in rows {
      var machine = begin
      switch row.event {
      case .failed: machine.failed()
      case .answered(let response): #expect(machine.answered(response) == (row.isNew ? response : nil))
      }
      #expect(machine.profile?.etag == row.etag)
      #expect(machine.isCurrent == row.isCurrent)
      #expect(machine.pause == row.pause)
    }
  }

  @Test func theSameAgainIsNothingToKeep() {
    var machine = ProfileStateMachine(poll: "p", profile: Self.profile("a"))
    #expect(machine.answered(Self.profile("a")) == nil)
    #expect(machine.isCurrent)
    #expect(machine.pause == 300_000)
  }

  @Test func theProfileOfAnotherPollIsNone() {
    let machine = ProfileStateMachine(poll: "p", profile: Self.profile("a", poll: "q"), isCurrent: true)
    #expect(machine.profile == nil)
    #expect(!machine.isCurrent)
    #expect(machine.request.etag == "")
  }
}
