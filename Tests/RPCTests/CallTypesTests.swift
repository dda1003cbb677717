import NIOCore
import Testing

@testable import RPC

@Suite struct DeadlineTests {
  private let now = NIODeadline.uptimeNanoseconds(1_000_000_000)

  @Test func timeoutsOfAPeer() {
    #expect(Deadline.after(nanoseconds: 5, now: now)?.nanosecondsLeft(at: now) == 5)
    #expect(Deadline.after(nanoseconds: .max, now: now) == nil, "2^63 - 1 says none")
    #expect(Deadline.after(nanoseconds: .max - 1, now: now) == nil, "nor is what comes close to it added to a clock")
    let year: Int64 = 366 * 86_400 * 1_000_000_000
    #expect(Deadline.after(nanoseconds: year, now: now)?.nanosecondsLeft(at: now) == year)
    #expect(Deadline.after(nanoseconds: year + 1, now: now) == nil)
    #expect(Deadline.after(nanoseconds: .min, now: now)?.hasPassed(at: now) == true)
    #expect(Deadline.after(nanoseconds: 0, now: now)?.hasPassed(at: now) == true)
    #expect(Deadline.after(nanoseconds: 1, now: now)?.hasPassed(at: now) == false)
  }

  @Test func durationsThatDoNotFit() {
    #expect(Duration(secondsComponent: .max, attosecondsComponent: 0).saturatingNanoseconds == .max)
    #expect(Duration(secondsComponent: .min, attosecondsComponent: 0).saturatingNanoseconds == .min)
    #expect(Duration.milliseconds(-3).saturatingNanoseconds == -3_000_000)
    #expect(Deadline.after(Duration(secondsComponent: .max, attosecondsComponent: 0), now: now) == nil)
  }
}

@Suite struct MetadataTests {
  @Test func keysRepeatAndHaveNoCase() {
    var metadata = Metadata()
    metadata.add("X-Trace", "1")
    metadata.add("other", "2")
    metadata.add("x-trace", "3")
    #expect(metadata["X-TRACE"] == "1")
    #expect(metadata.values(of: "x-Trace") == ["1", "3"])
    #expect(metadata["none"] == nil)
    #expect(metadata.entries.map(\.key) == ["x-trace", "other", "x-trace"])
  }
}

@Suite struct CodeTests {
  @Test func names() {
    #expect(
      "\(Code.ok) \(Code.unauthenticated) \(Code(rawValue: 17)) \(Code(rawValue: -1))"
        == "OK UNAUTHENTICATED CODE(17) CODE(-1)")
  }
}
