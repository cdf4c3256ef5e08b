using System.Reflection;
using System.Text.Json.Serialization;
using OpenShare.Registration.Audit;
using OpenShare.Registration.Commands;

namespace OpenShare.Registration.Tests.Audit;

public sealed class AuditActTests
{
    private static IEnumerable<Type> Named => typeof(AuditAct).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(a => a.DerivedType);

    public static TheoryData<Type> Kinds => [.. Named];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_of_line_is_shown(Type kind)
    {
        var constructor = kind.GetConstructors()[0];
        var act = (AuditAct)constructor.Invoke([.. constructor.GetParameters().Select(p => Some(p.ParameterType))]);
        Assert.NotEmpty(AuditCommands.What(act));
        Assert.NotNull(AuditCommands.Whom(act));
    }

    [Fact]
    public void Each_kind_of_line_has_a_name() =>
        Assert.Equal(typeof(AuditAct).GetNestedTypes().OrderBy(t => t.Name), Named.OrderBy(t => t.Name));

    private static object? Some(Type type) => type == typeof(string) ? new string('a', 64) : type.IsValueType ? Activator.CreateInstance(type) : null;
}
