using System.Text;

namespace TspActors.Protocol.Mdns;

/// <summary>A name in a DNS message: labels that may contain any text, including dots. Case does not matter.</summary>
public sealed class DnsName : IEquatable<DnsName>
{
    /// <summary>The maximum length of a label in bytes.</summary>
    public const int MaxLabelBytes = 63;

    /// <summary>The maximum length of an encoded name in bytes.</summary>
    public const int MaxBytes = 255;

    private readonly string[] _labels;

    private DnsName(string[] labels) => _labels = labels;

    /// <summary>The labels, from the most specific to the least specific.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>The name without its first label. The parent of the root is the root.</summary>
    public DnsName Parent => new(_labels.Length == 0 ? _labels : _labels[1..]);

    /// <summary>Returns the name with these labels.</summary>
    /// <param name="labels">The labels, from the most specific to the least specific.</param>
    /// <exception cref="ArgumentException">A label is empty or too long, or the whole name is too long.</exception>
    public static DnsName From(params ReadOnlySpan<string> labels)
    {
        var bytes = 1;
        foreach (var label in labels)
        {
            var length = Encoding.UTF8.GetByteCount(label);
            if (length is 0 or > MaxLabelBytes)
                throw new ArgumentException($"A label must have 1 to {MaxLabelBytes} bytes, not {length}.", nameof(labels));
            bytes += 1 + length;
        }

        return bytes <= MaxBytes
            ? new DnsName(labels.ToArray())
            : throw new ArgumentException($"A name can have up to {MaxBytes} bytes, not {bytes}.", nameof(labels));
    }

    /// <summary>Returns the name with a label in front of it.</summary>
    /// <param name="label">The label.</param>
    /// <exception cref="ArgumentException">The label is empty or too long, or the whole name is too long.</exception>
    public DnsName Prepend(string label) => From([label, .. _labels]);

    /// <inheritdoc/>
    public bool Equals(DnsName? other) => other is not null && _labels.SequenceEqual(other._labels, StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DnsName);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var label in _labels)
            hash.Add(label, StringComparer.OrdinalIgnoreCase);
        return hash.ToHashCode();
    }

    /// <summary>Returns the labels with dots between them.</summary>
    public override string ToString() => string.Join('.', _labels);

    /// <summary>Returns a name made of labels whose lengths a reader has checked.</summary>
    internal static DnsName FromRead(List<string> labels) => new([.. labels]);
}
