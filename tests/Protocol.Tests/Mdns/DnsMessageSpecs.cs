using System.Net;
using FsCheck.Xunit;
using TspActors.Protocol.Mdns;

namespace TspActors.Protocol.Tests.Mdns;

/// <summary>Checks how messages of multicast DNS are written and read, however hostile they are.</summary>
public sealed class DnsMessageSpecs
{
    private static readonly DnsName Attic = DnsName.From("My. attic", "_tcp", "local");

    [Fact]
    public void A_question_is_written_as_in_RFC_1035()
    {
        var message = new DnsMessage { Id = 0x1234, Questions = [new DnsQuestion(DnsName.From("a", "local"), DnsType.InstancePointer, true)] };

        byte[] expected = [0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, (byte)'a', 5, .. "local"u8, 0, 0, 12, 0x80, 1];
        Assert.Equal(expected, message.Encode());
    }

    [Fact]
    public void Every_record_is_read_as_it_was_written()
    {
        DnsRecord[] records =
        [
            new PointerRecord(DnsName.From("_tcp", "local"), 4_500, Attic),
            new ServiceRecord(Attic, 120, DnsName.From("host", "local"), 7070) { IsUnique = true },
            new AddressRecord(DnsName.From("host", "local"), 120, IPAddress.Parse("192.168.1.5")),
            new AddressRecord(DnsName.From("host", "local"), 0, IPAddress.Parse("fe80::1")) { IsUnique = true },
        ];
        var read = Announcements.Read(new DnsMessage
        {
            Id = 7,
            IsReply = true,
            Questions = [new DnsQuestion(Attic, DnsType.Any)],
            Answers = records,
            Proposals = records[..1],
            Additionals = records[1..],
        }.Encode());

        Assert.Equal(((ushort)7, true), (read.Id, read.IsReply));
        Assert.Equal([new DnsQuestion(Attic, DnsType.Any)], read.Questions);
        Assert.Equal(records, read.Answers);
        Assert.Equal(records[..1], read.Proposals);
        Assert.Equal(records[1..], read.Additionals);
    }

    [Fact]
    public void Texts_are_read_as_they_were_written()
    {
        var reply = Announcements.Reply(new TextRecord(Attic, 1, ["a=1", "b", "c=é"]), new TextRecord(Attic, 1, []));

        var read = Announcements.Read(reply.Encode());

        Assert.Equal(["a=1 b c=é", ""], read.Answers.Cast<TextRecord>().Select(record => string.Join(' ', record.Entries)));
    }

    [Fact]
    public void A_name_that_occurs_again_is_a_pointer()
    {
        var once = Announcements.Reply(new PointerRecord(Attic, 1, DnsName.From())).Encode();
        var twice = Announcements.Reply(new PointerRecord(Attic, 1, Attic)).Encode();

        Assert.Equal(once.Length + 1, twice.Length);
        Assert.Equal(Attic, Assert.IsType<PointerRecord>(Assert.Single(Announcements.Read(twice).Answers)).Target);
    }

    [Fact]
    public void Case_does_not_matter_in_names() => Assert.Equal(DnsName.From("A", "Local"), DnsName.From("a", "lOCAL"));

    [Fact]
    public void Records_of_other_types_and_classes_are_left_out()
    {
        var other = Answer([1, (byte)'a', 0], 47, 1, [1, 2, 3]);
        var otherClass = Answer([1, (byte)'a', 0], 1, 3, [127, 0, 0, 1]);

        Assert.Empty(Announcements.Read(other).Answers);
        Assert.Empty(Announcements.Read(otherClass).Answers);
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 12 })]
    [InlineData(new byte[] { 0xC0, 14 })]
    [InlineData(new byte[] { 1, 97, 0xC0, 12 })]
    [InlineData(new byte[] { 0xC0 })]
    [InlineData(new byte[] { 0x40, 97, 0 })]
    [InlineData(new byte[] { 63, 97 })]
    [InlineData(new byte[] { 2, 0xC3, 0x28, 0 })]
    public void A_name_with_a_loop_or_a_fault_makes_the_message_malformed(byte[] name) =>
        Assert.False(DnsMessage.TryRead(Answer(name, 1, 1, [127, 0, 0, 1]), out _));

    [Fact]
    public void A_long_chain_of_pointers_is_malformed()
    {
        // Each pointer leads to the one before it, and the first one leads to a name.
        byte[] names = [0];
        for (var number = 0; number < 100; number++)
            names = [.. names, 0xC0, (byte)(number == 0 ? 23 : 24 + (2 * (number - 1)))];
        var chain = Answer([0], 47, 1, names);
        chain[7] = 2;
        byte[] last = [0xC0, 24 + (2 * 99), 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1];

        Assert.False(DnsMessage.TryRead([.. chain, .. last], out _));
    }

    [Fact]
    public void A_name_of_more_than_255_bytes_is_malformed()
    {
        byte[] label = [63, .. Enumerable.Repeat((byte)'a', 63)];

        Assert.True(DnsMessage.TryRead(Answer([.. label, .. label, .. label, 0], 1, 1, [127, 0, 0, 1]), out _));
        Assert.False(DnsMessage.TryRead(Answer([.. label, .. label, .. label, .. label, 0], 1, 1, [127, 0, 0, 1]), out _));
    }

    [Theory]
    [InlineData(1, new byte[] { 127, 0, 0 })]
    [InlineData(1, new byte[] { 127, 0, 0, 1, 0 })]
    [InlineData(28, new byte[] { 127, 0, 0, 1 })]
    [InlineData(16, new byte[] { 5, 97 })]
    [InlineData(33, new byte[] { 0, 0, 0, 0, 0 })]
    [InlineData(12, new byte[] { 0, 0 })]
    public void Content_of_the_wrong_length_makes_the_message_malformed(int type, byte[] content) =>
        Assert.False(DnsMessage.TryRead(Answer([0], type, 1, content), out _));

    [Fact]
    public void Messages_beyond_the_limits_are_refused()
    {
        var name = DnsName.From("a");
        var records = Enumerable.Range(0, DnsMessage.MaxRecords + 1).Select(_ => new PointerRecord(name, 1, name)).ToArray();
        byte[] longest = [.. Announcements.Reply().Encode(), .. new byte[DnsMessage.MaxBytes - 12]];

        Assert.True(DnsMessage.TryRead(Announcements.Reply(records[1..]).Encode(), out _));
        Assert.False(DnsMessage.TryRead(Announcements.Reply(records).Encode(), out _));
        Assert.True(DnsMessage.TryRead(longest, out _));
        Assert.False(DnsMessage.TryRead([.. longest, 0], out _));
        Assert.Throws<ArgumentException>(() => DnsName.From(new string('a', 64)));
        Assert.Throws<ArgumentException>(() => DnsName.From([.. Enumerable.Repeat(new string('a', 63), 4)]));
    }

    [Theory]
    [InlineData(0x28)]
    [InlineData(0x78)]
    public void Other_operations_are_ignored(int flags) =>
        Assert.False(DnsMessage.TryRead([0, 0, (byte)flags, 0, 0, 0, 0, 0, 0, 0, 0, 0], out _));

    [Property]
    public bool Arbitrary_bytes_never_make_the_reader_throw(byte[] bytes, byte questions, byte answers) =>
        DnsMessage.TryRead(bytes, out _) | DnsMessage.TryRead([0, 0, 0, 0, 0, questions, 0, answers, 0, 0, 0, 0, .. bytes], out _) | true;

    [Property]
    public bool A_damaged_message_never_makes_the_reader_throw(ushort at, byte value, ushort length)
    {
        var bytes = Announcements.Reply(Announcements.Attic.Records).Encode();
        bytes[at % bytes.Length] = value;

        return DnsMessage.TryRead(bytes, out _) | DnsMessage.TryRead(bytes.AsSpan()[..(length % bytes.Length)], out _) | true;
    }

    private static byte[] Answer(byte[] name, int type, int @class, byte[] content) =>
    [
        0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, .. name, 0, (byte)type, 0, (byte)@class, 0, 0, 0, 1,
        (byte)(content.Length >> 8), (byte)content.Length, .. content,
    ];
}
