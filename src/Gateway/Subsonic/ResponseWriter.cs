using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;

namespace TspActors.Gateway.Subsonic;

/// <summary>Writes API responses as JSON or XML.</summary>
internal static class ResponseWriter
{
    private const string Namespace = "http://subsonic.org/restapi";

    /// <summary>The version of the API.</summary>
    public const string ApiVersion = "1.16.1";

    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
    };

    private static readonly XmlWriterSettings XmlOptions = new() { Encoding = new UTF8Encoding(false), CheckCharacters = true };

    /// <summary>Wraps a payload in a response envelope.</summary>
    /// <param name="payload">The payload; null = none.</param>
    /// <param name="error">The error; null = the call succeeded.</param>
    /// <param name="version">The program's version.</param>
    public static Element Envelope(Element? payload, SubsonicError? error, string version)
    {
        var envelope = new Element("subsonic-response")
            .Set("status", error is null ? "ok" : "failed").Set("version", ApiVersion)
            .Set("type", "tspactors", FieldKind.Open).Set("serverVersion", version, FieldKind.Open).Set("openSubsonic", true, FieldKind.Open);
        if (error is not null)
            envelope.Add(new Element("error").Set("code", error.Code).Set("message", error.Message));
        if (payload is not null)
            envelope.Add(payload);
        return envelope;
    }

    /// <summary>Writes an envelope as JSON.</summary>
    public static byte[] ToJson(Element envelope)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            json.WritePropertyName(envelope.Name);
            Write(json, envelope);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes an envelope as XML.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="isLegacy">Whether to leave out everything that the classic schema does not define.</param>
    public static byte[] ToXml(Element envelope, bool isLegacy)
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, XmlOptions))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement(envelope.Name, Namespace);
            WriteContent(xml, envelope, isLegacy);
            xml.WriteEndElement();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Element element)
    {
        json.WriteStartObject();
        if (element.Text is { } text)
            json.WriteString("value", Clean(text));
        foreach (var field in element.Fields)
        {
            if (field.Kind == FieldKind.XmlOnly)
                continue;
            json.WritePropertyName(field.Key);
            Write(json, field.Value);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(Clean(text));
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case Element element:
                Write(json, element);
                break;
            case List<Element> elements:
                json.WriteStartArray();
                foreach (var element in elements)
                    Write(json, element);
                json.WriteEndArray();
                break;
            case List<object> scalars:
                json.WriteStartArray();
                foreach (var scalar in scalars)
                    Write(json, scalar);
                json.WriteEndArray();
                break;
        }
    }

    private static void WriteContent(XmlWriter xml, Element element, bool isLegacy)
    {
        var fields = element.Fields.Where(field => field.Kind is FieldKind.Classic or FieldKind.XmlOnly
            || (field.Kind == FieldKind.Open && !isLegacy)).ToList();
        foreach (var field in fields.Where(field => field.Value is string or long or int or double or bool))
            xml.WriteAttributeString(field.Key, TextOf(field.Value));
        if (element.Text is { } text)
            xml.WriteString(Clean(text));
        foreach (var field in fields)
        {
            switch (field.Value)
            {
                case Element child:
                    Write(xml, field.Key, child, isLegacy);
                    break;
                case List<Element> children:
                    foreach (var child in children)
                        Write(xml, field.Key, child, isLegacy);
                    break;
                case List<object> scalars:
                    foreach (var scalar in scalars)
                        xml.WriteElementString(field.Key, Namespace, TextOf(scalar));
                    break;
            }
        }
    }

    private static void Write(XmlWriter xml, string name, Element element, bool isLegacy)
    {
        xml.WriteStartElement(name, Namespace);
        WriteContent(xml, element, isLegacy);
        xml.WriteEndElement();
    }

    private static string TextOf(object value) => value switch
    {
        string text => Clean(text),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "",
    };

    // Strings from tags are already clean, but strings sent by clients, such as playlist names, may not be.
    private static string Clean(string text) => text.All(IsAllowed) ? text : Library.ShownText.Clean(text);

    private static bool IsAllowed(char letter) => letter is >= ' ' and not (>= '\uD800' and <= '\uDFFF') and not ('\uFFFE' or '\uFFFF');
}

/// <summary>An API error.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">The human-readable reason.</param>
internal sealed record SubsonicError(int Code, string Message)
{
    public const int Generic = 0;
    public const int MissingParameter = 10;
    public const int WrongPassword = 40;
    public const int Conflicting = 43;
    public const int WrongApiKey = 44;
    public const int NotAllowed = 50;
    public const int NotFound = 70;
}

/// <summary>Thrown to end a call with an error.</summary>
internal sealed class SubsonicException(int code, string message) : Exception(message)
{
    public SubsonicError Error { get; } = new(code, message);
}
