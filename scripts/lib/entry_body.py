"""The primitives that entries of a ledger are made of: Sources/Ledger/FORMAT.md, "Primitives"."""


class Breach(Exception):
    """An entry says what it may not say."""


class Body:
    """Reads the primitives of a body from front to back."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        if self.at > len(self.data):
            raise Breach("ends too early")
        return self.data[self.at - count:self.at]

    def u8(self, known=0xFF):
        if (value := self.take(1)[0]) & ~known:
            raise Breach(f"has unknown bits in {value}")
        return value

    def varint(self):
        value = shift = 0
        while (byte := self.u8()) & 0x80:
            value, shift = value | (byte & 0x7F) << shift, shift + 7
        if (value := value | byte << shift) >> 64 or (shift and not byte):
            raise Breach("has a number that is too large or not in its shortest form")
        return value

    def signed(self):
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def blob(self):
        return self.take(self.varint())

    def string(self):
        return self.blob().decode("utf-8")

    def text(self):
        return self.string(), self.string()

    def words(self):
        return self.text(), self.list(self.text)

    def list(self, item):
        return [item() for _ in range(self.varint())]

    def answers(self):
        return self.list(lambda: (self.string(), self.list(self.string)))
