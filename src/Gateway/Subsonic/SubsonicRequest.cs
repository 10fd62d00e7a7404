using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using TspActors.Gateway.Library;
using TspActors.Gateway.Security;

namespace TspActors.Gateway.Subsonic;

/// <summary>A request to the OpenSubsonic API: the parameters from the query and the form, merged.</summary>
internal sealed class SubsonicRequest
{
    private const int MaxBody = 2 << 20;
    private const int MaxValues = 100_000;
    private const int MaxPage = 500;

    private static readonly string[] StrictClients = ["DSub", "Clementine", "Audinaut", "android", "SubMusic"];

    private readonly Dictionary<string, StringValues> _values;

    private SubsonicRequest(HttpContext context, Dictionary<string, StringValues> values) => (Context, _values) = (context, values);

    public HttpContext Context { get; }

    /// <summary>The caller, which is set once the credentials have been checked.</summary>
    public Caller Caller { get; set; } = new("", "");

    /// <summary>Whether the client's parser accepts only the classic elements and attributes.</summary>
    public bool IsLegacy => Text("c") is { } client && StrictClients.Any(strict => client.StartsWith(strict, StringComparison.OrdinalIgnoreCase));

    /// <summary>The format of the response: xml, json or jsonp.</summary>
    public string Format => Text("f") switch { "json" => "json", "jsonp" => "jsonp", _ => "xml" };

    /// <summary>The credentials.</summary>
    public SubsonicCredentials Credentials => new(Text("u"), Text("p"), Text("t"), Text("s"), Text("apiKey")) { Client = Text("c") };

    /// <summary>Reads a request.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large or not a form.</exception>
    public static async Task<SubsonicRequest> ReadAsync(HttpContext context)
    {
        var values = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        if (HttpMethods.IsPost(context.Request.Method) && IsForm(context.Request))
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = MaxBody;
            var reader = new FormPipeReader(context.Request.BodyReader)
            {
                ValueCountLimit = MaxValues,
                KeyLengthLimit = 2_000,
                ValueLengthLimit = MaxBody
            };
            try
            {
                foreach (var (key, value) in await reader.ReadFormAsync(context.RequestAborted).ConfigureAwait(false))
                    values[key] = value;
            }
            catch (InvalidDataException error)
            {
                // The exception has an inner exception if a value, such as %00, cannot be decoded. It has none if a limit was exceeded.
                throw new BadHttpRequestException(
                    error.Message, error.InnerException is null ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest);
            }
        }

        foreach (var (key, value) in context.Request.Query)
            values[key] = value;
        return new SubsonicRequest(context, values);
    }

    /// <summary>Returns the first non-empty value of a parameter; null = there is none.</summary>
    public string? Text(string key) =>
        _values.TryGetValue(key, out var values) ? values.FirstOrDefault(value => value is { Length: > 0 }) : null;

    /// <summary>Returns a required string.</summary>
    /// <exception cref="SubsonicException">The parameter is missing.</exception>
    public string Required(string key) =>
        Text(key) ?? throw new SubsonicException(SubsonicError.MissingParameter, $"the {key} parameter is missing");

    /// <summary>Returns all values of a parameter that may occur several times.</summary>
    public IReadOnlyList<string> All(string key) =>
        _values.TryGetValue(key, out var values) ? [.. values.OfType<string>().Where(value => value.Length > 0)] : [];

    /// <summary>Returns all ids of a parameter that may occur several times. Values that are too long to be ids are left out.</summary>
    public IReadOnlyList<string> Ids(string key) => [.. All(key).Where(id => id.Length <= LibraryIds.MaxLength)];

    /// <summary>Returns a numeric parameter; the default if it is missing or not a number.</summary>
    public int Number(string key, int otherwise) =>
        int.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    /// <summary>Returns a 64-bit numeric parameter; null if it is missing or not a number.</summary>
    public long? Long(string key) =>
        long.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Returns a Boolean parameter; null if it is missing, or neither true nor false.</summary>
    public bool? Flag(string key) => Text(key)?.ToLowerInvariant() switch { "true" or "1" => true, "false" or "0" => false, _ => null };

    /// <summary>Returns the position of a page.</summary>
    public int Offset(string key) => Math.Max(0, Number(key, 0));

    /// <summary>Returns the size of a page.</summary>
    public int Size(string key, int otherwise, int most = MaxPage) => Number(key, otherwise) is >= 0 and var size
        ? Math.Min(size, most) : otherwise;

    private static bool IsForm(HttpRequest request) =>
        request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
}
