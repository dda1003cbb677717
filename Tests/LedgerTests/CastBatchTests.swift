import Polling
import SeededRandom
import Testing

@testable import Ledger

/// A batch's bytes are those of the plain way.
struct CastBatchTests {
  private static func numbers(_ random: inout SplitMix64) -> UInt64 {
    random.next() >> UInt64.random(in: 0..<64, using: &random)
  }

  private static func name(_ random: inout SplitMix64) -> String {
    String(repeating: "q", count: .random(in: 1...(Bool.random(using: &random) ? 3 : 200), using: &random))
  }

  /// A record without a credential.
  private static func record(_ random: inout SplitMix64, optionals: UInt64) throws -> CastVoteRecord {
    let ballot = Ballot(
      id: BallotID(time: Sample.time, precision: .second, random: (random.next(), random.next())),
      poll: try PollID("p" + String(repeating: "x", count: .random(in: 0...63, using: &random))),
      pollVersion: UInt32(truncatingIfNeeded: numbers(&random)), unit: try UnitPath("hai-chau/mot-cua/quay-01"),
      channel: Channel.allCases.randomElement(using: &random) ?? .kiosk,
      deviceTime: optionals & 1 == 0 ? nil : Timestamp(milliseconds: Int64(bitPattern: numbers(&random))),
      answers: (0..<Int.random(in: 0...4, using: &random)).map { _ in
        Answer(
          question: name(&random), choices: (0..<Int.random(in: 0...3, using: &random)).map { _ in name(&random) })
      },
      kioskSequence: optionals & 2 == 0 ? nil : numbers(&random))
    return CastVoteRecord(
      ballot: ballot, countedVersion: UInt32(truncatingIfNeeded: numbers(&random)),
      receivedTime: Timestamp(milliseconds: Int64(bitPattern: numbers(&random))),
      skewMilliseconds: optionals & 4 == 0 ? nil : Int64(bitPattern: numbers(&random)),
      day: Day(number: Int32(truncatingIfNeeded: numbers(&random))),
      flags: RecordFlags(rawValue: UInt8(truncatingIfNeeded: random.next())),
      source: String(repeating: "ệ", count: .random(in: 0...100, using: &random)))
  }

  @Test func bodiesAreThoseOfThePlainWay() throws {
    var random = SplitMix64()
    for _ in 0..<200 {
      var batch = CastBatch()
      var records: [CastVoteRecord] = []
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        let record = try Self.record(&random, optionals: UInt64(records.count % 8))
        batch.append(record, isOpen: Bool.random(using: &random))
        records.append(record)
      }
      try #require(batch.count == records.count)
      for (ballot, record) in zip(batch.ballots, records) {
        var writer = ByteWriter()
        CastEntry.encode(record, into: &writer)
        try #require(Array(batch.bytes[ballot.body]) == writer.bytes)
        let outline = try writer.bytes.borrowed { try CastEntry.Outline($0) }
        let offset = ballot.body.lowerBound
        try #require(outline.counted == ballot.counted.lowerBound - offset..<ballot.counted.upperBound - offset)
        try #require(ballot.id == record.ballot.id)
      }
    }
  }

  /// Nothing is written beyond memory that is lent.
  @Test func lentMemoryIsEnoughForEveryBallotAndNeverLeft() {
    var writer = ByteWriter()
    var memory = [UInt8](repeating: 0xEE, count: CastEntry.longestRestWithoutCredential + 8)
    func write(into sink: inout some ByteSink) throws {
      CastEntry.encodeRest(
        id: try BallotID(high: .max & ~0x8000, low: .max & ~(1 << 62)), submittedVersion: .max,
        deviceTime: Timestamp(milliseconds: .min), credential: nil, kioskSequence: .max,
        receivedTime: Timestamp(milliseconds: .min), skewMilliseconds: .min, into: &sink)
    }
    #expect(throws: Never.self) { try write(into: &writer) }
    #expect(writer.length == CastEntry.longestRestWithoutCredential)
    for room in 0...writer.length {
      memory.withUnsafeMutableBytes { memory in
        memory.initializeMemory(as: UInt8.self, repeating: 0xEE)
        var lent = LentWriter(UnsafeMutableRawBufferPointer(rebasing: memory[..<room]))
        #expect(throws: Never.self) { try write(into: &lent) }
        #expect(lent.written.count <= room)
        if room == writer.length { #expect(Array(lent.written) == writer.bytes) }
        #expect(memory[room...].allSatisfy { $0 == 0xEE })
      }
    }
  }
}

extension CastBatch {
  /// The record, its credential left out.
  mutating func append(_ record: CastVoteRecord, isOpen: Bool = true) {
    let ballot = record.ballot
    var maker = CastKind.Maker(
      CastTemplate(
        poll: ballot.poll, countedVersion: record.countedVersion, unit: ballot.unit, channel: ballot.channel,
        source: record.source),
      key: UnsafeRawBufferPointer(start: nil, count: 0), flags: record.flags, day: record.day,
      answers: ballot.answers.count)
    for var answer in ballot.answers {
      answer.question.withUTF8 { question in
        maker.answer(question: UnsafeRawBufferPointer(question), choices: answer.choices.count)
      }
      for var choice in answer.choices { choice.withUTF8 { maker.choice(UnsafeRawBufferPointer($0)) } }
    }
    append(
      maker.make(), id: ballot.id, submittedVersion: ballot.pollVersion, deviceTime: ballot.deviceTime,
      kioskSequence: ballot.kioskSequence, receivedTime: record.receivedTime,
      skewMilliseconds: record.skewMilliseconds, isOpen: isOpen)
  }
}
