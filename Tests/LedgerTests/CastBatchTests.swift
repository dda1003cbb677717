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
        // Ballots given up on the way, at every point of it, leave nothing.
        if Bool.random(using: &random) { batch.begin(record, answers: .random(in: 0...4, using: &random)) }
        if Bool.random(using: &random) { batch.abandon() }
        batch.append(record, isOpen: Bool.random(using: &random))
        records.append(record)
      }
      if Bool.random(using: &random), let last = records.last { batch.begin(last, answers: 1) }
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

  @Test func emptied() throws {
    var random = SplitMix64(seed: 1)
    let record = try Self.record(&random, optionals: 7)
    for keepingCapacity in [false, true] {
      var batch = CastBatch()
      batch.append(record)
      batch.begin(record, answers: 1)
      batch.removeAll(keepingCapacity: keepingCapacity)
      #expect(batch.isEmpty)
      batch.end(
        id: record.ballot.id, submittedVersion: 1, deviceTime: nil, kioskSequence: nil, receivedTime: Sample.time,
        skewMilliseconds: nil, isOpen: true)
      #expect(batch.isEmpty)
      batch.append(record)
      #expect(batch.count == 1)
      var writer = ByteWriter()
      CastEntry.encode(record, into: &writer)
      #expect(batch.bytes == writer.bytes)
    }
  }
}

extension CastBatch {
  /// As far as some of its answers.
  mutating func begin(_ record: CastVoteRecord, answers count: Int) {
    let ballot = record.ballot
    begin(
      CastTemplate(
        poll: ballot.poll, countedVersion: record.countedVersion, unit: ballot.unit, channel: ballot.channel,
        source: record.source),
      flags: record.flags, day: record.day, answers: ballot.answers.count)
    for var answer in ballot.answers.prefix(count) {
      answer.question.withUTF8 { question in
        self.answer(question: UnsafeRawBufferPointer(question), choices: answer.choices.count)
      }
      for var choice in answer.choices { choice.withUTF8 { self.choice(UnsafeRawBufferPointer($0)) } }
    }
  }

  /// The record, its credential left out.
  mutating func append(_ record: CastVoteRecord, isOpen: Bool = true) {
    let ballot = record.ballot
    begin(record, answers: ballot.answers.count)
    end(
      id: ballot.id, submittedVersion: ballot.pollVersion, deviceTime: ballot.deviceTime,
      kioskSequence: ballot.kioskSequence, receivedTime: record.receivedTime,
      skewMilliseconds: record.skewMilliseconds, isOpen: isOpen)
  }
}
