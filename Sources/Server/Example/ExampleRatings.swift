public import Polling

/// Ratings made up for trying out reports: what they say is drawn from a seed, so that the same seed gives the same ratings.
/// Wards differ; one falls behind in the last quarter of the days, one has hardly any ratings.
public struct ExampleRatings: Sendable {
  public static let count = 5_000
  public static let days = 400

  private let poll: Poll
  private let lastDay: Day
  private let hash: @Sendable ([UInt8]) throws -> [UInt8]
  private var random: SplitMix64

  /// - Parameters:
  ///   - poll: ``ExampleSurvey``, as it was published.
  ///   - lastDay: of the 400.
  ///   - hash: HMAC-SHA-256 under the pepper, for the numbers of dossiers.
  public init(
    of poll: Poll, seed: UInt64, lastDay: Day, hash: @escaping @Sendable ([UInt8]) throws -> [UInt8]
  ) {
    self.poll = poll
    self.lastDay = lastDay
    self.hash = hash
    random = SplitMix64(state: seed)
  }

  /// All of them, in the order of their times.
  public mutating func records() throws -> [CastVoteRecord] {
    let minutes = (0..<Self.count).map { _ in (day: number(below: Self.days), minute: 450 + number(below: 570)) }
      .sorted { ($0.day, $0.minute) < ($1.day, $1.minute) }
    var records: [CastVoteRecord] = []
    for (place, (day, minute)) in minutes.enumerated() {
      records.append(
        try record(place + 1, day: lastDay.advanced(by: day - Self.days + 1), minute: minute, age: day))
    }
    return records
  }

  private mutating func record(_ number: Int, day: Day, minute: Int, age: Int) throws -> CastVoteRecord {
    let ward = self.ward()
    let counter = self.number(below: ExampleUnits.counters.count)
    let path = ExampleUnits.wardPaths[ward]
    let time = Timestamp(milliseconds: day.start.milliseconds + Int64(minute) * 60_000)
    let channel: Channel =
      switch self.number(below: 100) {
      case ..<62: .kiosk
      case ..<82: .counter
      case ..<92: .paper
      default: .phone
      }
    let procedures = ["1.004772", "1.004222", "2.000815", ""]
    let procedure = procedures[self.number(below: procedures.count)]
    var ballot = Ballot(
      id: BallotID(
        time: time, precision: poll.policy.timePrecision, random: (random.next(), random.next())),
      poll: poll.id, pollVersion: poll.version, unit: try UnitPath("\(path)/\(ExampleUnits.counters[counter])"),
      channel: channel, deviceTime: time, answers: answers(channel, quality: quality(of: ward, age: age)),
      procedure: procedure.isEmpty ? nil : try ProcedureCode(procedure))
    var flags: RecordFlags = []
    if channel == .counter || channel == .paper {
      ballot.credential = try hash(Array(poll.id.rawValue.utf8) + [0] + Array("H17-\(number)".utf8))
      flags.insert(.bound)
    }
    if channel == .kiosk, self.number(below: 100) == 0 { flags.insert(.cooldown) }
    return CastVoteRecord(
      ballot: ballot, countedVersion: poll.version, receivedTime: time, skewMilliseconds: 0, day: day, flags: flags,
      source: channel == .kiosk ? "kiosk/\(path)/quay-0\(counter + 1)" : "clerk/\(path)/can-bo")
  }

  /// The last one is hardly ever rated.
  private mutating func ward() -> Int {
    let wards = ExampleUnits.wardPaths.count
    return number(below: 500) == 0 ? wards - 1 : number(below: wards - 1)
  }

  /// How likely an answer is a good one, in percent.
  private func quality(of ward: Int, age: Int) -> Int {
    let usual = [82, 78, 88, 74, 85, 80, 76, 90, 83, 71, 86, 79, 80][ward]
    return ward == 3 && age >= Self.days * 3 / 4 ? usual - 26 : usual
  }

  private mutating func answers(_ channel: Channel, quality: Int) -> [Answer] {
    let levels = ExampleSurvey.levels
    var answers = [Answer(question: "hai-long", choices: [levels[level(quality)]])]
    if levels.prefix(3).contains(answers[0].choices[0]), number(below: 10) < 7 {
      let first = number(below: ExampleSurvey.reasons.count)
      let second = number(below: ExampleSurvey.reasons.count)
      answers.append(
        Answer(question: "ly-do", choices: Set([first, second]).sorted().map { ExampleSurvey.reasons[$0] }))
    }
    // A kiosk asks the first question and its reasons only.
    guard channel != .kiosk else { return answers }
    let treatment = level(min(96, quality + 5))
    answers.append(Answer(question: "phuc-vu", choices: [levels[treatment]]))
    var conduct = 2
    for code in ExampleSurvey.indicators where number(below: 20) > 0 {
      let mark = mark(quality)
      if code == "7" { conduct = mark }
      answers.append(Answer(question: code, choices: [String(mark)]))
    }
    if treatment < 2 || conduct == 0 {
      answers.append(
        Answer(question: "thai-do", choices: [ExampleSurvey.manners[number(below: ExampleSurvey.manners.count)]]))
    }
    answers.append(Answer(question: "nguoi-danh-gia", choices: ["CONG-DAN"]))
    return answers
  }

  private mutating func level(_ quality: Int) -> Int {
    if number(below: 100) < quality { return number(below: 5) < 3 ? 4 : 3 }
    return [2, 2, 2, 1, 1, 0][number(below: 6)]
  }

  private mutating func mark(_ quality: Int) -> Int {
    if number(below: 100) < quality { return 2 }
    return number(below: 4) > 0 ? 1 : 0
  }

  /// Below a number of at least 1.
  private mutating func number(below bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
}

/// S. Vigna, splitmix64.c.
private struct SplitMix64: Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
