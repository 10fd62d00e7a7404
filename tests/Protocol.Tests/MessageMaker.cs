using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TspActors.Protocol.Tests;

/// <summary>Makes messages that the protocol allows, with random text and numbers, and with byte fields of the right sizes.</summary>
internal sealed class MessageMaker(Random random)
{
    public T Make<T>()
        where T : IMessage, new()
    {
        var message = new T();
        Fill(message);
        return message;
    }

    private void Fill(IMessage message)
    {
        foreach (var oneof in message.Descriptor.Oneofs)
            Set(message, oneof.Fields[random.Next(oneof.Fields.Count)]);
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.ContainingOneof is not null)
                continue;
            if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (var i = random.Next(4); i > 0; i--)
                    list.Add(Value(field));
            }
            else
            {
                Set(message, field);
            }
        }
    }

    private void Set(IMessage message, FieldDescriptor field) => field.Accessor.SetValue(message, Value(field));

    private object Value(FieldDescriptor field)
    {
        switch (field.FieldType)
        {
            case FieldType.Bool:
                return random.Next(2) == 0;
            case FieldType.Int32:
                return random.Next();
            case FieldType.SInt32:
                return random.Next(int.MinValue, int.MaxValue);
            case FieldType.UInt32:
                return (uint)random.NextInt64(uint.MaxValue + 1L);
            case FieldType.UInt64:
                return (ulong)random.NextInt64();
            case FieldType.String:
                return string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => char.ConvertFromUtf32(random.Next(0x20, 0xd800))));
            case FieldType.Enum:
                return field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number;
            case FieldType.Message:
                var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                Fill(message);
                return message;
            case FieldType.Bytes:
                var bytes = new byte[SizeOf(field.Name)];
                random.NextBytes(bytes);
                return ByteString.CopyFrom(bytes);
            default:
                throw new NotSupportedException($"{field.FullName} is {field.FieldType}");
        }
    }

    private int SizeOf(string field) => field switch
    {
        "peer_id" or "requester_id" or "host_id" or "relay_id" or "tracker_key_id" or "resume" or "receipt" or "token" or "source_id" or "path" => 16,
        "signature" => 64,
        "piece_hashes" => 32 * random.Next(4),
        _ => 32,
    };
}
