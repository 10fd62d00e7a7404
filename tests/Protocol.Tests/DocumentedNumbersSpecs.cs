using Google.Protobuf.Reflection;

namespace TspActors.Protocol.Tests;

/// <summary>Checks that the tables of docs/protocol.md, section 8, list every field and code of tsp.proto with its number.</summary>
public sealed class DocumentedNumbersSpecs
{
    private static readonly HashSet<string> Lines = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "protocol.md"))];

    public static TheoryData<string> Rows =>
    [
        .. TspReflection.Descriptor.MessageTypes.Select(message => Row(message)),
        .. TspReflection.Descriptor.EnumTypes.Select(type => Row(type)),
    ];

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_page_lists_the_numbers_of_the_messages_and_enums(string row) => Assert.Contains(row, Lines);

    private static string Row(MessageDescriptor message) =>
        $"| {message.Name} | {string.Join(", ", message.Fields.InFieldNumberOrder().Select(Field))} |";

    private static string Row(EnumDescriptor type) =>
        $"| {type.Name} | {string.Join(", ", type.Values.Select(value => $"{value.Number} {value.Name}"))} |";

    private static string Field(FieldDescriptor field) =>
        $"{field.FieldNumber} {field.Name} {(field.IsRepeated ? "repeated " : IsOptional(field) ? "optional " : "")}{TypeOf(field)}";

    private static bool IsOptional(FieldDescriptor field) => field.ContainingOneof is not null && field.RealContainingOneof is null;

    private static string TypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.Name,
        FieldType.Enum => field.EnumType.Name,
        var type => $"{type}".ToLowerInvariant(),
    };
}
