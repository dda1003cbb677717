// Taps as fast as the disk allows, and thanks for each tap with a line of its number: to be killed at any moment.

import Foundation
import Kiosk
import Polling
import Schema

let spool = try Spool(directory: CommandLine.arguments[1])
let clock = DeviceClock()
var random = SystemRandomNumberGenerator()
while true {
  let id = BallotID(
    time: Timestamp(milliseconds: 1_700_000_000_000), precision: .second, random: (random.next(), random.next()))
  let press = Press(reading: clock.read(), precision: .second) { sequence in
    var ballot = Binhchon_V1_Ballot()
    ballot.ballotID = Data(id.bytes)
    ballot.kioskSequence = sequence
    return ballot
  }
  for tap in try spool.take([press]) {
    try FileHandle.standardOutput.write(contentsOf: Data("\(tap.sequence)\n".utf8))
  }
}
