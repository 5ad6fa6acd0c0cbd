using 'main.bicep'

// State in three zones, messages on units of their own. What differs between deployments comes from the environment.
param environmentName = 'prod'
param serviceBusSku = 'Premium'
param messagingUnits = 1
param stateRedundancy = 'Standard_ZRS'
param tokenAuthority = readEnvironmentVariable('TOKEN_AUTHORITY', 'https://login.example.com/')
param operatorsEmail = readEnvironmentVariable('OPERATORS_EMAIL', 'operators@example.com')
param maximumInstances = 200
param alwaysReadyHttp = 2
param purgeProtection = true
param logRetentionDays = 90
param logDailyCapGB = 20
param monthlyBudget = 3000
param budgetStartDate = readEnvironmentVariable('BUDGET_START_DATE', '2027-01-01')
param workerCount = int(readEnvironmentVariable('WORKER_COUNT', '0'))
param workerSize = readEnvironmentVariable('WORKER_SIZE', 'Standard_NC40ads_H100_v5')
param workerSshPublicKey = readEnvironmentVariable('WORKER_SSH_PUBLIC_KEY', '')
param workerSha256 = readEnvironmentVariable('WORKER_SHA256', '')
