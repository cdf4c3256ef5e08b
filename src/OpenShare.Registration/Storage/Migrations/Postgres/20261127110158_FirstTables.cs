using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace OpenShare.Registration.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class FirstTables : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "accounts",
                columns: table => new
                {
                    name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    discovery_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    discovery_key_version = table.Column<long>(type: "bigint", nullable: false),
                    signed_discovery_key = table.Column<byte[]>(type: "bytea", nullable: true),
                    quota = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accounts", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "admin_tokens",
                columns: table => new
                {
                    name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    secret_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    expires_at = table.Column<long>(type: "bigint", nullable: true),
                    revoked_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_admin_tokens", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "audit_lines",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    signed = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_lines", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "counters",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counters", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "revocation_lists",
                columns: table => new
                {
                    version = table.Column<long>(type: "bigint", nullable: false),
                    signed = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_revocation_lists", x => x.version);
                });

            migrationBuilder.CreateTable(
                name: "secrets",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_secrets", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "trust_roots",
                columns: table => new
                {
                    version = table.Column<long>(type: "bigint", nullable: false),
                    link = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trust_roots", x => x.version);
                });

            migrationBuilder.CreateTable(
                name: "devices",
                columns: table => new
                {
                    device_no = table.Column<long>(type: "bigint", nullable: false),
                    device_id = table.Column<string>(type: "text", nullable: false),
                    account = table.Column<string>(type: "character varying(64)", nullable: false),
                    public_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    platform = table.Column<string>(type: "text", nullable: false),
                    app_version = table.Column<string>(type: "text", nullable: false),
                    registered_at = table.Column<long>(type: "bigint", nullable: false),
                    serial = table.Column<long>(type: "bigint", nullable: false),
                    certificate = table.Column<byte[]>(type: "bytea", nullable: false),
                    certificate_expires_at = table.Column<long>(type: "bigint", nullable: false),
                    revoked_in_version = table.Column<long>(type: "bigint", nullable: true),
                    revoked_at = table.Column<long>(type: "bigint", nullable: true),
                    revoke_reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_devices", x => x.device_no);
                    table.ForeignKey(
                        name: "FK_devices_accounts_account",
                        column: x => x.account,
                        principalTable: "accounts",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "tokens",
                columns: table => new
                {
                    secret_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    account = table.Column<string>(type: "character varying(64)", nullable: false),
                    name = table.Column<string>(type: "text", nullable: true),
                    expires_at = table.Column<long>(type: "bigint", nullable: false),
                    uses_left = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tokens", x => x.secret_hash);
                    table.ForeignKey(
                        name: "FK_tokens_accounts_account",
                        column: x => x.account,
                        principalTable: "accounts",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "token_uses",
                columns: table => new
                {
                    secret_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    device_no = table.Column<long>(type: "bigint", nullable: false),
                    used_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_token_uses", x => new { x.secret_hash, x.device_no });
                    table.ForeignKey(
                        name: "FK_token_uses_devices_device_no",
                        column: x => x.device_no,
                        principalTable: "devices",
                        principalColumn: "device_no",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_token_uses_tokens_secret_hash",
                        column: x => x.secret_hash,
                        principalTable: "tokens",
                        principalColumn: "secret_hash",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.InsertData(
                table: "counters",
                columns: new[] { "name", "value" },
                values: new object[,]
                {
                    { "audit_line", 0L },
                    { "crl_version", 0L },
                    { "device_no", 0L },
                    { "serial", 0L }
                });

            migrationBuilder.CreateIndex(
                name: "IX_admin_tokens_secret_hash",
                table: "admin_tokens",
                column: "secret_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_devices_account",
                table: "devices",
                column: "account");

            migrationBuilder.CreateIndex(
                name: "IX_devices_device_id",
                table: "devices",
                column: "device_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_devices_revoked_in_version",
                table: "devices",
                column: "revoked_in_version",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_token_uses_device_no",
                table: "token_uses",
                column: "device_no");

            migrationBuilder.CreateIndex(
                name: "IX_tokens_account",
                table: "tokens",
                column: "account");

            migrationBuilder.CreateIndex(
                name: "IX_tokens_expires_at",
                table: "tokens",
                column: "expires_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "admin_tokens");

            migrationBuilder.DropTable(
                name: "audit_lines");

            migrationBuilder.DropTable(
                name: "counters");

            migrationBuilder.DropTable(
                name: "revocation_lists");

            migrationBuilder.DropTable(
                name: "secrets");

            migrationBuilder.DropTable(
                name: "token_uses");

            migrationBuilder.DropTable(
                name: "trust_roots");

            migrationBuilder.DropTable(
                name: "devices");

            migrationBuilder.DropTable(
                name: "tokens");

            migrationBuilder.DropTable(
                name: "accounts");
        }
    }
}
