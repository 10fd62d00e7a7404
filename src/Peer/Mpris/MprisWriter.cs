using Tmds.DBus.Protocol;

namespace TspActors.Peer.Mpris;

/// <summary>Writes properties as D-Bus values.</summary>
internal static class MprisWriter
{
    /// <summary>Writes a dictionary of names and variants.</summary>
    public static void WriteProperties(ref MessageWriter writer, IEnumerable<KeyValuePair<string, object>> properties)
    {
        var start = writer.WriteDictionaryStart();
        foreach (var (name, value) in properties)
        {
            writer.WriteDictionaryEntryStart();
            writer.WriteString(name);
            WriteVariant(ref writer, value);
        }

        writer.WriteDictionaryEnd(start);
    }

    /// <summary>Writes a value with its type.</summary>
    public static void WriteVariant(ref MessageWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteVariantString(text);
                break;
            case bool flag:
                writer.WriteVariantBool(flag);
                break;
            case int number:
                writer.WriteVariantInt32(number);
                break;
            case long number:
                writer.WriteVariantInt64(number);
                break;
            case double number:
                writer.WriteVariantDouble(number);
                break;
            case MprisPath path:
                writer.WriteVariantObjectPath(path.Text);
                break;
            case string[] texts:
                writer.WriteSignature("as");
                writer.WriteArray(texts);
                break;
            case IEnumerable<KeyValuePair<string, object>> properties:
                writer.WriteSignature("a{sv}");
                WriteProperties(ref writer, properties);
                break;
            default:
                throw new ArgumentException($"A {value.GetType().Name} is not a valid property value.", nameof(value));
        }
    }
}
